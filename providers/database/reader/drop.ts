import type { Sql } from "postgres";
import { loginsOf } from "../../../names/reader.ts";
import { identifier } from "../identifier.ts";

/** Milliseconds a session of the reader has to end before its role is dropped. */
const SESSION_END_MS = 5000;

/** Drops a reader's logins and group with all they were granted; sessions of theirs are ended first. */
export async function dropReader(sql: Sql, name: string): Promise<void> {
  const [found] = await sql<{ names: string[] }[]>`
    select coalesce(jsonb_agg(rolname), '[]') as names from pg_catalog.pg_roles
    where rolname in ${sql([name, ...loginsOf(name)])}`;
  const roles = found?.names ?? [];
  if (roles.length === 0) return;
  // First on its own, so that no session begins while the sessions end.
  for (const role of roles) await sql.unsafe(`alter role ${identifier(role)} nologin`);
  await sql`
    select pg_terminate_backend(pid, ${SESSION_END_MS}) from pg_catalog.pg_stat_activity where usename in ${sql(roles)}`;
  await sql.begin(async (transaction) => {
    for (const statement of roles.flatMap(dropRoleSql)) await transaction.unsafe(statement);
  });
}

/** The statements that drop a role with all it was granted in this database. */
export function dropRoleSql(name: string): string[] {
  const role = identifier(name);
  // DROP OWNED wants the privileges of the role whose grants it takes back.
  return [`grant ${role} to current_user`, `drop owned by ${role}`, `drop role ${role}`];
}
