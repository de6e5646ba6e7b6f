import { Hono } from "hono";
import postgres from "postgres";
import { z } from "zod";
import { queryLogin, withSession } from "../../postgres/session.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const body = z.object({ query: z.string().min(1), name: z.string().optional(), rollback: z.string().optional() });

/** The history the CLI keeps, in the words it keeps it in. */
const HISTORY = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations
    add column if not exists statements text[], add column if not exists name text,
    add column if not exists created_by text, add column if not exists idempotency_key text unique,
    add column if not exists rollback text[]`;

/** The migration history of a project (supabase_migrations.schema_migrations): read, apply, forget from a version on. */
export function migrationsApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/database/migrations", async (c) => {
    const rows = await asPostgres(requireActive(c.get("project")), async (sql) => {
      if (!(await hasHistory(sql))) return [];
      return sql`select version, coalesce(name, '') as name from supabase_migrations.schema_migrations order by version`;
    });
    return c.json(rows);
  });
  app.get("/database/migrations/:version", async (c) => {
    const version = c.req.param("version");
    const [row] = await asPostgres(requireActive(c.get("project")), async (sql) => {
      if (!(await hasHistory(sql))) return [];
      return sql`select version, coalesce(name, '') as name, to_json(coalesce(statements, '{}')) as statements
        from supabase_migrations.schema_migrations where version = ${version}`;
    });
    if (!row) throw new ApiError(404, `Migration ${version} not found`);
    return c.json(row);
  });
  app.post("/database/migrations", async (c) => {
    const given = await readBody(c, body);
    const key = c.req.header("idempotency-key") ?? null;
    await asPostgres(requireActive(c.get("project")), (sql) => applyMigration(sql, { ...given, key }));
    return c.body(null, 200);
  });
  app.delete("/database/migrations", async (c) => {
    const from = c.req.query("gte") ?? "";
    if (!/^\d+$/.test(from)) throw new ApiError(400, "gte: must be digits");
    await asPostgres(requireActive(c.get("project")), async (sql) => {
      if (await hasHistory(sql)) await sql`delete from supabase_migrations.schema_migrations where version >= ${from}`;
    });
    return c.body(null, 200);
  });
  return app;
}

async function applyMigration(
  sql: postgres.Sql,
  migration: z.infer<typeof body> & { key: string | null },
): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction.unsafe(HISTORY);
    if (migration.key) {
      const known = await transaction`
        select 1 from supabase_migrations.schema_migrations where idempotency_key = ${migration.key}`;
      if (known.length > 0) return;
    }
    await transaction.unsafe(migration.query);
    const version = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
    await transaction`
      insert into supabase_migrations.schema_migrations (version, name, statements, rollback, idempotency_key)
      values (${version}, ${migration.name ?? ""}, array[${migration.query}::text],
        case when ${migration.rollback ?? null}::text is null then null else array[${migration.rollback ?? null}::text] end,
        ${migration.key})`;
  });
}

async function hasHistory(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql`select to_regclass('supabase_migrations.schema_migrations') is not null as found`;
  return row?.found === true;
}

async function asPostgres<T>(record: ProjectRecord, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  try {
    return await withSession({
      address: record.address,
      login: queryLogin(record),
      applicationName: "management api",
      work,
    });
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    throw new ApiError(400, `Failed to run migration: ${error.code}: ${error.message}`);
  }
}
