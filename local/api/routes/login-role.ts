import { Hono } from "hono";
import type postgres from "postgres";
import { z } from "zod";
import type { LoginRoleBody } from "../../contract.ts";
import { randomPassword, scramVerifier } from "../../postgres/scram.ts";
import { adminLogin, queryLogin, withSession } from "../../postgres/session.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const createBody = z.object({ read_only: z.boolean() });
const TTL_SECONDS = 300;
/** What such a role is called. The one for writing has its name from the platform, that for reading is our guess. */
const NAMES = { write: "cli_login_postgres", read: "cli_login_supabase_read_only_user" };
/** One that comes later than another waits for it: both make the same role. */
const LOCK = 5_432_300;

/**
 * POST /cli/login-role: a role whose password expires; its name is used again, so that the password of an earlier
 * request is void. As on the platform the one for writing has no settings and inherits nothing: the client says
 * SET SESSION ROLE postgres.
 */
export function loginRoleApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post("/cli/login-role", async (c) => {
    const record = requireActive(c.get("project"));
    const { read_only: readOnly } = await readBody(c, createBody);
    const body = await asAdmin(record, (sql) => makeRole({ sql, role: nameOf(record, readOnly), readOnly }));
    return c.json(body, 201);
  });
  app.delete("/cli/login-role", async (c) => {
    const record = requireActive(c.get("project"));
    await asAdmin(record, (sql) => dropRoles(sql, [nameOf(record, false), nameOf(record, true)]));
    return c.json({ message: "ok" });
  });
  return app;
}

/** In a project made by an earlier version the usual name is the API's own login. */
function nameOf(record: ProjectRecord, readOnly: boolean): string {
  if (readOnly) return NAMES.read;
  return queryLogin(record).user === NAMES.write ? `${NAMES.write}_2` : NAMES.write;
}

async function makeRole(options: { sql: postgres.Sql; role: string; readOnly: boolean }): Promise<LoginRoleBody> {
  const { sql, role, readOnly } = options;
  const password = randomPassword();
  const until = new Date(Date.now() + TTL_SECONDS * 1000).toISOString();
  await sql.begin(async (transaction) => {
    await transaction`set local pg_stat_statements.track = 'none'`;
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    const [found] = await transaction`select from pg_roles where rolname = ${role}`;
    await transaction.unsafe(
      `${found ? "alter" : "create"} role ${role} login noinherit password '${scramVerifier(password)}' valid until '${until}'`,
    );
    if (found) return;
    const group = readOnly ? "supabase_read_only_user" : "postgres";
    await transaction.unsafe(`grant ${group} to ${role} with inherit ${readOnly}, set ${!readOnly}`);
    if (readOnly) await transaction.unsafe(`alter role ${role} set default_transaction_read_only to on`);
  });
  return { role, password, ttl_seconds: TTL_SECONDS };
}

async function dropRoles(sql: postgres.Sql, names: string[]): Promise<void> {
  const roles = await sql<{ rolname: string }[]>`select rolname from pg_roles where rolname in ${sql(names)}`;
  for (const { rolname } of roles) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${rolname}`;
    await sql.unsafe(`reassign owned by ${rolname} to postgres; drop owned by ${rolname}; drop role ${rolname}`);
  }
}

async function asAdmin<T>(record: ProjectRecord, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  return withSession({
    address: record.address,
    login: adminLogin(record),
    applicationName: "local cloud: login role",
    work,
  });
}
