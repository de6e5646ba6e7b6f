import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { MigrationError } from "./errors.ts";
import { connectLike, type HeldSession } from "./held-session.ts";
import { type MigrationLock, migrationLockKey } from "./lock.ts";

// Supabase's transaction pooler listens here, on every host it has.
const transactionPort = 6543;
const probeMs = 3000;

/** Refuses an address that is a transaction pooler's, before anything is sent. */
export function checkAddress(sql: Sql): void {
  if (sql.options.port.includes(transactionPort))
    throw transactionPooler(sql, `port ${transactionPort} is a transaction pooler`);
}

/**
 * Refuses a connection that does not keep its server process or its settings. A server process that differs from the one
 * announced at log-in shows that a pooler stands between; then a second connection tells which kind, because a
 * transaction pooler hands it the very process that is idle here.
 */
export async function checkBehaviour(
  sql: Sql,
  session: HeldSession,
  held: { lock: MigrationLock; backendPid: number },
): Promise<void> {
  const pids = { lockPid: held.lock.pid, backendPid: held.backendPid };
  const reason = await observe(sql, session, pids);
  if (reason === undefined) return;
  await giveBack(session, pids.lockPid);
  throw transactionPooler(sql, reason);
}

type Pids = { lockPid: number; backendPid: number };

async function observe(sql: Sql, session: HeldSession, { lockPid, backendPid }: Pids): Promise<string | undefined> {
  if (lockPid !== backendPid)
    return `the server process changed from ${lockPid} to ${backendPid} between two statements`;
  if (session.announcedPid() === backendPid) return undefined;
  const other = await connectLike(sql);
  try {
    const held = await other.reserve();
    const answer = held.unsafe("begin; select pg_catalog.pg_backend_pid() as pid");
    const rows = await Promise.race([answer, sleep(probeMs, undefined, { ref: false })]);
    // No session but ours has a server process here, and it is not given away: a session pooler with a full pool.
    if (rows === undefined) return undefined;
    const taken = Number(rows.flat().at(-1)?.pid);
    if (taken === lockPid) return `a second connection was given our own server process (${lockPid})`;
    const [now] = await session.send("select pg_catalog.pg_backend_pid() as pid");
    return Number(now?.pid) === lockPid
      ? undefined
      : `the server process changed from ${lockPid} to ${String(now?.pid)}`;
  } finally {
    await other.end({ timeout: 0 });
  }
}

/** The lock belongs to a server process that the pooler hands around: asks until that one answers. */
async function giveBack(session: HeldSession, lockPid: number): Promise<void> {
  const unlock =
    "select pg_catalog.pg_advisory_unlock(" +
    `${migrationLockKey}) as unlocked where pg_catalog.pg_backend_pid() = ${lockPid}`;
  for (let tries = 0; tries < 20; tries++) {
    const [row] = await session.send(unlock);
    if (row) return;
    await sleep(50);
  }
}

/** The error for a connection whose server process changed under the run. */
export function switchedBackend(sql: Sql): MigrationError {
  return transactionPooler(sql, "the server process behind the connection changed during the run");
}

function transactionPooler(sql: Sql, evidence: string): MigrationError {
  const { host, port, user } = sql.options;
  const ref = /\.([a-z0-9]{20})$/.exec(user)?.[1] ?? /^db\.([a-z0-9]{20})\./.exec(host[0] ?? "")?.[1];
  const named = ref ?? "PROJECT_REF";
  const pooler = host[0]?.startsWith("db.") ? "the pooler host shown in the project's connection settings" : host[0];
  return new MigrationError(
    "transaction-pooler",
    `${host[0]}:${port[0]} cannot be used for migrations: ${evidence}. There the migration lock, time-outs and search_path ` +
      "belong to the session that comes next. Nothing was changed. Use one of:\n" +
      `  session pooler: host ${pooler}, port 5432, user postgres.${named}\n` +
      `  direct (IPv6):  host db.${named}.supabase.co, port 5432, user postgres`,
  );
}
