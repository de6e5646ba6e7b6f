import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseLogin } from "../../../session/login.ts";
import { readOnly } from "../target.ts";
import type { Facts } from "./facts.ts";

const securitySql = readFileSync(join(import.meta.dirname, "security-facts.sql"), "utf8");

/** Roles every request acts as, and the login behind them: what they may is said in the docs' matrix. */
const ROLES = ["anon", "authenticated", "service_role", "authenticator", "postgres"];
/** Settings of a role or of the database that change what a statement may do, sees or takes. */
const SETTINGS =
  "^(statement_timeout|lock_timeout|idle_in_transaction_session_timeout|search_path|role|row_security|session_replication_role|default_transaction_read_only|pgrst\\..*)=";

/**
 * Reads them in one query. Relations are judged in schemas that the API may serve; platform schemas are Supabase's to
 * judge. Names of rules stand behind `#`.
 */
export function readSecurity(target: DatabaseLogin): Promise<Facts> {
  return readOnly(target, async (sql) => {
    const rows = await sql.unsafe<{ name: string; value: string }[]>(securitySql, [
      `{${ROLES.join(",")}}`,
      `{${ROLES.slice(0, 4).join(",")}}`,
      SETTINGS,
    ]);
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  });
}
