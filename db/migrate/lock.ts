import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "./errors.ts";
import {
  type DatabaseState,
  type Ledger,
  readHistory,
  readLedger,
  readSurvey,
  runMark,
  type Survey,
  stateOf,
  surveySql,
} from "./ledger.ts";
import type { Session } from "./session.ts";

/**
 * The advisory lock every run of this runner takes in the database it migrates: the first 8 bytes of
 * sha256("drizzle.__drizzle_migrations"), as a signed 64-bit number. It shows in pg_locks as classid 937537467, objid
 * 2640276771, objsubid 1.
 */
export const migrationLockKey = "4026692762179956003";

/** Who holds the migration lock, as far as the asking role may see. */
export type LockHolder = {
  pid: number;
  application: string;
  user: string;
  /** ISO 8601: when that session began. */
  since: string;
  state: string;
  /** What it runs, or ran last; cut at 200 characters. */
  query: string;
};

const firstPollMs = 50;
const lastPollMs = 1000;

// A backend notices a dead client within seconds, so that a killed runner does not keep the lock: the kernel's keep-alive
// for a cut network, the connection check for a client that is gone while a long statement runs.
const sessionSettings = [
  ["tcp_keepalives_idle", "10"],
  ["tcp_keepalives_interval", "5"],
  ["tcp_keepalives_count", "3"],
  ["tcp_user_timeout", "25000"],
  ["client_connection_check_interval", "2000"],
] as const;

const lockSql = `select pg_catalog.pg_try_advisory_lock(${migrationLockKey}) as locked, pg_catalog.pg_backend_pid() as pid`;

/** Marks the session as this run's, before the first change. */
export const enterSql = `set ${runMark} = 'locked'; ${sessionSettings.map(([name, value]) => `set ${name} = '${value}'`).join("; ")}`;

const leaveSql = `; reset ${runMark}; ${sessionSettings.map(([name]) => `reset ${name}`).join("; ")}`;

/** What was read under the lock, and the server process that holds it. */
export type Held = { survey: Survey; ledger: Ledger; lockPid: number };

/**
 * Takes the lock and reads the ledger, in one round trip where the lock is free and the tables are those `seen` before;
 * polls otherwise, because a session that waits inside pg_advisory_lock() holds a snapshot, and CREATE INDEX CONCURRENTLY
 * in the lock's holder would wait for it.
 */
export async function lockAndRead(
  session: Session,
  options: { seen: Survey; waitMs: number; onWait?: (holder: LockHolder | undefined) => void },
): Promise<Held> {
  const deadline = Date.now() + options.waitMs;
  for (let pause = firstPollMs; ; pause = Math.min(pause * 1.5, lastPollMs)) {
    const [locked, rows, early] = await Promise.all([
      session.send(lockSql),
      session.send(surveySql),
      pause === firstPollMs ? readLedger(options.seen, session.send) : undefined,
    ]);
    if (locked[0]?.locked === true) {
      const survey = readSurvey(rows[0]);
      const ledger = early && sameTables(survey, options.seen) ? early : await readLedger(survey, session.send);
      return { survey, ledger, lockPid: Number(locked[0].pid) };
    }
    if (Date.now() >= deadline) throw lockTimeout(options.waitMs, await lockHolder(session));
    if (pause === firstPollMs) options.onWait?.(await lockHolder(session));
    await sleep(Math.min(pause * (0.75 + Math.random() / 2), Math.max(1, deadline - Date.now())));
  }
}

function sameTables({ exists }: Survey, seen: Survey): boolean {
  return (
    exists.ledger === seen.exists.ledger &&
    exists.progress === seen.exists.progress &&
    exists.settings === seen.exists.settings
  );
}

/** Reads the state without the lock, for plans. */
export async function readState({ send }: Pick<Session, "send">): Promise<DatabaseState> {
  const survey = readSurvey((await send(surveySql))[0]);
  const [ledger, history] = await Promise.all([readLedger(survey, send), readHistory(survey, send)]);
  return stateOf(survey, ledger, history);
}

/** Gives the lock back, and the session's settings where `enterSql` set them; a lost connection has done so already. */
export async function unlock(session: Session, entered: boolean): Promise<void> {
  if (!session.open) return;
  const unlockSql = `select pg_catalog.pg_advisory_unlock(${migrationLockKey})`;
  await session.send(entered ? `${unlockSql}${leaveSql}` : unlockSql).catch((error: unknown) => {
    if (session.open) throw error;
  });
}

/** Asks pg_locks who holds the lock; undefined where it has just been given back. */
export async function lockHolder(session: Pick<Session, "send">): Promise<LockHolder | undefined> {
  const [row] = await session.send(
    "select a.pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '') as user, " +
      "coalesce(to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '') as since, coalesce(a.state, '') as state, " +
      "left(coalesce(a.query, ''), 200) as query from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) " +
      "where l.locktype = 'advisory' and l.granted and l.objsubid = 1 " +
      "and l.database = (select oid from pg_catalog.pg_database where datname = current_database()) " +
      `and ((l.classid::bigint << 32) | l.objid::bigint) = ${migrationLockKey}`,
  );
  if (!row) return undefined;
  return {
    pid: Number(row.pid),
    application: String(row.application),
    user: String(row.user),
    since: String(row.since),
    state: String(row.state),
    query: String(row.query),
  };
}

/** One line about a holder. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (!holder) return "a session that has just ended";
  const { application, pid, user, since, state, query } = holder;
  return `"${application}" (pid ${pid}, role ${user}), connected since ${since}, ${state || "state hidden"}: ${query || "(query hidden)"}`;
}

function lockTimeout(waitMs: number, holder: LockHolder | undefined): MigrationError {
  return new MigrationError(
    "lock-timeout",
    `Waited ${waitMs} ms for the migration lock (pg_advisory_lock ${migrationLockKey}); it is held by ${describeHolder(holder)}. ` +
      "Nothing was changed. Wait for that run to end and run again; where it is certainly dead, " +
      `end it with: select pg_terminate_backend(${holder?.pid ?? "PID"})`,
    { details: holder ? { detail: JSON.stringify(holder) } : {} },
  );
}
