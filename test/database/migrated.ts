import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Sql } from "postgres";
import type { TestDatabase } from "../support/test-cloud.ts";

/** The migrations of this repository. */
export const migrationsFolder = join(import.meta.dirname, "..", "..", "migrations");

/** The password of the reader in these tests. */
export const readerPassword = "Reader-only-secret-7!";

/** Runs the migrations with Drizzle's own migrator: they must not need ours. */
export async function migrateWithDrizzle(database: TestDatabase, folder = migrationsFolder): Promise<void> {
  // Drizzle changes how a connection writes JSON, so it gets one of its own.
  const sql = database.connect();
  await migrate(drizzle(sql), { migrationsFolder: folder });
  await sql.end();
}

/** What a foreign catalog reads from. */
export interface Source {
  [key: string]: unknown;
  options: Record<string, string>;
}

/** The source as a subscribed environment stores it. */
export function sourceOf(target: Pick<TestDatabase, "host" | "port">): Source {
  return {
    server: "prod_catalog",
    remoteSchema: "catalog",
    localSchema: "catalog",
    user: "fdw_catalog_ro_a",
    vaultSecret: "fdw_password",
    roles: ["postgres", "service_role", "authenticated"],
    options: {
      host: target.host,
      port: String(target.port),
      dbname: "postgres",
      sslmode: "require",
      tcp_user_timeout: "3000",
    },
  };
}

/** The reader as Production makes it. */
export async function createReader(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create role fdw_catalog_ro nologin;
    create role fdw_catalog_ro_a login password '${readerPassword}' in role fdw_catalog_ro;
    grant usage on schema catalog to fdw_catalog_ro;
    grant select on all tables in schema catalog to fdw_catalog_ro;
    alter default privileges in schema catalog grant select on tables to fdw_catalog_ro;`);
}

/** What a subscribed environment has before its migrations run: settings and the Vault secret. */
export async function subscribe(sql: Sql, source: Source, { secret = true } = {}): Promise<void> {
  await sql.unsafe(`
    create schema if not exists environment;
    create table if not exists environment.settings (
      name text primary key, value jsonb not null, updated_at timestamptz not null default now());`);
  await sql`insert into environment.settings (name, value) values
    ('catalog', '"foreign"'), ('catalog_source', ${sql.json(source as never)})
    on conflict (name) do update set value = excluded.value`;
  if (secret) await sql`select vault.create_secret(${readerPassword}, 'fdw_password', 'reader')`;
}

/** The error a query ends in; fails where it succeeds. */
export async function errorOf(
  query: PromiseLike<unknown>,
): Promise<{ code: string; message: string; hint: string; detail: string }> {
  const outcome = await Promise.resolve(query).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error("The query succeeded");
  // Drizzle wraps what Postgres answered.
  const answered = outcome.cause instanceof Error ? outcome.cause : outcome;
  return answered as Error & { code: string; hint: string; detail: string };
}
