import { setTimeout as sleep } from "node:timers/promises";
import type { TransactionSql } from "postgres";
import { literal } from "../../../db/connection/literal.ts";
import { endStrangersSql, isKey } from "../../../db/migrate/strangers.ts";

/** Milliseconds another run may hold a key: what it does under it takes less. */
const WAIT_MS = 30_000;
const PAUSE_MS = 50;

/** The advisory lock of a name, as an SQL expression. */
export function keyOf(name: string): string {
  return `pg_catalog.hashtextextended(${literal(name)}, 0)`;
}

/**
 * Takes the advisory lock of a name until the transaction ends. Sessions of roles that cannot change this database are
 * ended where they hold it: a credential could otherwise keep itself from being rotated.
 * @throws Error naming who holds it, after 30 s
 */
export async function holdKey(transaction: TransactionSql, name: string): Promise<void> {
  const key = keyOf(name);
  for (const deadline = Date.now() + WAIT_MS; ; await sleep(PAUSE_MS)) {
    const [row] = await transaction.unsafe(`select pg_catalog.pg_try_advisory_xact_lock(${key}) as held`);
    if (row?.held) return;
    await transaction.unsafe(endStrangersSql(key));
    if (Date.now() > deadline) throw await stillHeld(transaction, name);
  }
}

async function stillHeld(transaction: TransactionSql, name: string): Promise<Error> {
  const [holder] = await transaction.unsafe(
    "select a.pid, a.usename, a.application_name from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) " +
      `where l.granted and ${isKey(keyOf(name))}`,
  );
  const who = holder ? `"${holder.application_name}" (pid ${holder.pid}, role ${holder.usename})` : "another session";
  return new Error(
    `The lock ${name} of this database was not free within ${WAIT_MS / 1000} s: ${who} holds it. Nothing was changed. ` +
      `Wait until that ends and run the command again; where it is certainly dead: select pg_terminate_backend(${holder?.pid ?? "PID"})`,
  );
}
