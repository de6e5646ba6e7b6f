import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TransactionSql } from "postgres";
import { fillIn } from "../../../db/connection/literal.ts";
import type { Database } from "../connection/database.ts";
import { answerOf } from "../connection/explain.ts";
import { scramVerifier } from "../scram.ts";

const setPasswordSql = readFileSync(join(import.meta.dirname, "set-password.sql"), "utf8");

/** A pooler may answer from its cache for some seconds after a password changed. */
const PROOF_TRIES = 6;
const PROOF_PAUSE_MS = 1000;

/**
 * Gives `login` its password. Only a verifier leaves this process, as a bind parameter; the statement that names it runs
 * inside a block that neither the log nor an error shows, and out of nested statement statistics.
 * @returns what statement statistics kept of it, in words; undefined where that is nothing
 */
export async function setPassword(
  transaction: TransactionSql,
  login: string,
  password: string,
): Promise<string | undefined> {
  await transaction`select set_config('environment.reader_verifier', ${scramVerifier(password)}, true)`;
  // A SET clause and set_config() of this parameter are refused on the platform; SET in the body is not.
  await transaction.unsafe(fillIn(setPasswordSql, { login }));
  const [row] = await transaction<{ recorded: boolean }[]>`
    select current_setting('environment.reader_recorded') = 'yes' as recorded,
      set_config('environment.reader_verifier', '', true)`;
  return row?.recorded ? forgetVerifier(transaction) : undefined;
}

/** Removes the rows that nested statistics hold of a verifier, and says what is left to do. */
async function forgetVerifier(transaction: TransactionSql): Promise<string> {
  const grant = "grant set on parameter pg_stat_statements.track to the login that runs this, or set it to top";
  const [found] = await transaction<{ home: string; may: boolean }[]>`
    select format('%I', n.nspname) as home,
      coalesce(has_function_privilege(to_regprocedure(format('%I.pg_stat_statements_reset(oid,oid,bigint,boolean)', n.nspname)), 'EXECUTE'), false) as may
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'`;
  if (!found?.may) return `pg_stat_statements recorded a password verifier that this login may not remove: ${grant}`;
  await transaction.unsafe(`
    select ${found.home}.pg_stat_statements_reset(s.userid, s.dbid, s.queryid) from ${found.home}.pg_stat_statements s
    where s.query ~* '^\\s*alter\\s+role\\M.*SCRAM-SHA-256'`);
  return `pg_stat_statements recorded a password verifier; its row was removed: ${grant}`;
}

/** Logs in as `login` on a connection of its own; false where the server refuses the password or the login. */
export async function accepts(database: Database, login: string, password: string): Promise<boolean> {
  if (password === "") return false;
  try {
    await database.fresh((sql) => sql`select 1`, { user: login, password });
    return true;
  } catch (error) {
    const code = answerOf(error)?.code;
    // The server counts a role's connections after it has checked the password.
    if (code === "53300") return true;
    if (code === "28P01" || code === "28000") return false;
    throw error;
  }
}

/** Waits until the server takes a password just set; throws where it does not. */
export async function proveLogin(database: Database, login: string, password: string): Promise<void> {
  for (let left = database.loginName(login) === login ? 1 : PROOF_TRIES; left > 0; left--) {
    if (await accepts(database, login, password)) return;
    if (left > 1) await sleep(PROOF_PAUSE_MS);
  }
  throw new Error(
    `Login ${login} was given its password, and the server refuses it: another run may have changed it since, ` +
      "and a pooler may take a minute to notice. Run the command again.",
  );
}
