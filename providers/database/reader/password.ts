import { setTimeout as sleep } from "node:timers/promises";
import type { TransactionSql } from "postgres";
import { literal } from "../../../db/connection/literal.ts";
import type { Database } from "../connection/database.ts";
import { answerOf } from "../connection/explain.ts";
import { scramVerifier } from "../scram.ts";

/** A pooler may answer from its cache for some seconds after a password changed. */
const PROOF_TRIES = 6;
const PROOF_PAUSE_MS = 1000;

/**
 * Gives `login` its password. Only a verifier leaves this process, as a bind parameter; the statement that names it runs
 * inside a block that neither the log nor an error shows.
 */
export async function setPassword(transaction: TransactionSql, login: string, password: string): Promise<void> {
  await transaction`select set_config('environment.reader_verifier', ${scramVerifier(password)}, true)`;
  await transaction.unsafe(`do $block$
    declare
      failure text;
    begin
      begin
        execute format('alter role %I password %L', ${literal(login)}, current_setting('environment.reader_verifier'));
      exception when others then
        failure := sqlstate;
      end;
      if failure is not null then
        raise exception using errcode = failure, message = format('The password of role %I could not be set', ${literal(login)}),
          hint = 'The statement holds a verifier, so its text is withheld. Is this role allowed to alter it?';
      end if;
    end $block$`);
  await transaction`select set_config('environment.reader_verifier', '', true)`;
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
    `Login ${login} was given its password, and the server refuses it: another run may have changed it meanwhile, ` +
      "and a pooler may take a minute to notice. Run the command again.",
  );
}
