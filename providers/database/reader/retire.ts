import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

/** Milliseconds one `up` waits for the queries of a retired login to end. */
const DRAIN_FOR_MS = 10_000;
const PAUSE_MS = 200;

/**
 * Ends the sessions of a retired login that do nothing, and waits for those that do; answers how many are left. An idle
 * session is never used again: its subscriber has been mapped to another login, or could not log in again anyway.
 */
export async function drainSessions(
  sql: Sql,
  login: string,
  options: { signal: AbortSignal; drainForMs?: number },
): Promise<number> {
  const { signal, drainForMs = DRAIN_FOR_MS } = options;
  for (const deadline = Date.now() + drainForMs; ; await sleep(PAUSE_MS, undefined, { signal })) {
    const [row] = await sql<{ left: number }[]>`
      select count(*)::int as left, count(pg_terminate_backend(pid)) filter (where state = 'idle') as ended
      from pg_catalog.pg_stat_activity where usename = ${login}`;
    if (!row || row.left === 0 || Date.now() > deadline) return row?.left ?? 0;
  }
}
