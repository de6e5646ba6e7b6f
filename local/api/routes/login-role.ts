import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type postgres from "postgres";
import { z } from "zod";
import type { LoginRoleBody } from "../../contract.ts";
import { randomPassword, scramVerifier } from "../../postgres/scram.ts";
import { adminLogin, withSession } from "../../postgres/session.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const createBody = z.object({ read_only: z.boolean() });
const TTL_SECONDS = 300;
/** What such a role is called; the API's own login has another tail. */
const NAMES = "^cli_login_[0-9a-f]{12}$";

/**
 * POST /cli/login-role: a real role whose password expires. Those that have expired are dropped with the next request,
 * unless somebody is still logged in: a session outlives the password it began with.
 */
export function loginRoleApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post("/cli/login-role", async (c) => {
    const record = requireActive(c.get("project"));
    const { read_only: readOnly } = await readBody(c, createBody);
    const body = await asAdmin(record, async (sql) => {
      await dropRoles(sql, { expiredOnly: true });
      return createRole(sql, readOnly);
    });
    return c.json(body, 201);
  });
  app.delete("/cli/login-role", async (c) => {
    await asAdmin(requireActive(c.get("project")), (sql) => dropRoles(sql, { expiredOnly: false }));
    return c.json({ message: "ok" });
  });
  return app;
}

async function createRole(sql: postgres.Sql, readOnly: boolean): Promise<LoginRoleBody> {
  const role = `cli_login_${randomBytes(6).toString("hex")}`;
  const password = randomPassword();
  const until = new Date(Date.now() + TTL_SECONDS * 1000).toISOString();
  await sql.begin(async (transaction) => {
    await transaction`set local pg_stat_statements.track = 'none'`;
    await transaction.unsafe(
      `create role ${role} login noinherit password '${scramVerifier(password)}' valid until '${until}'`,
    );
    const group = readOnly ? "supabase_read_only_user" : "postgres";
    await transaction.unsafe(`grant ${group} to ${role} with inherit ${readOnly}, set ${!readOnly}`);
    if (readOnly) await transaction.unsafe(`alter role ${role} set default_transaction_read_only to on`);
    else await transaction.unsafe(`alter role ${role} set role to 'postgres'`);
    await transaction.unsafe(`alter role ${role} set search_path to "$user", public, extensions`);
  });
  return { role, password, ttl_seconds: TTL_SECONDS };
}

async function dropRoles(sql: postgres.Sql, options: { expiredOnly: boolean }): Promise<void> {
  const roles = await sql<{ rolname: string }[]>`
    select rolname from pg_roles
    where rolname ~ ${NAMES} and (not ${options.expiredOnly} or (rolvaliduntil < now()
      and not exists (select from pg_stat_activity a where a.usename = rolname)))`;
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
