import { setTimeout as sleep } from "node:timers/promises";
import type { ReservedSql, TransactionSql } from "postgres";
import { literal } from "../../../db/connection/literal.ts";
import { endStrangersSql, isKey } from "../../../db/migrate/strangers.ts";

/** Milliseconds another run may hold a key by default: what a provider does under it takes less. */
const WAIT_MS = 30_000;
const PAUSE_MS = 50;

/** The advisory lock of a name, as an SQL expression. */
export function keyOf(name: string): string {
  return `pg_catalog.hashtextextended(${literal(name)}, 0)`;
}

/**
 * Takes the advisory lock of a name until the transaction ends, or on a reserved session until it is given back. Sessions
 * of roles that cannot change this database are ended where they hold it: a credential could otherwise keep itself from
 * being rotated.
 * @param options.waitMs default 30 s
 * @throws Error naming who holds it, after that time
 */
export async function holdKey(
  session: TransactionSql | ReservedSql,
  name: string,
  { waitMs = WAIT_MS }: { readonly waitMs?: number } = {},
): Promise<void> {
  const key = keyOf(name);
  const take = "release" in session ? "pg_try_advisory_lock" : "pg_try_advisory_xact_lock";
  for (const deadline = Date.now() + waitMs; ; await sleep(PAUSE_MS)) {
    const [row] = await session.unsafe(`select pg_catalog.${take}(${key}) as held`);
    if (row?.held) return;
    await session.unsafe(endStrangersSql(key));
    if (Date.now() > deadline) throw await stillHeld(session, { name, waitMs });
  }
}

async function stillHeld(
  session: TransactionSql | ReservedSql,
  { name, waitMs }: { readonly name: string; readonly waitMs: number },
): Promise<Error> {
  const [holder] = await session.unsafe(
    "select a.pid, a.usename, a.application_name from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) " +
      `where l.granted and ${isKey(keyOf(name))}`,
  );
  const who = holder ? `"${holder.application_name}" (pid ${holder.pid}, role ${holder.usename})` : "another session";
  return new Error(
    `The lock ${name} of this database was not free within ${waitMs / 1000} s: ${who} holds it. Nothing was changed. ` +
      `Wait until that ends and run the command again; where it is certainly dead: select pg_terminate_backend(${holder?.pid ?? "PID"})`,
  );
}
