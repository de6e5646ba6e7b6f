import { setTimeout as sleep } from "node:timers/promises";
import { literal } from "../connection/literal.ts";
import { MigrationError } from "./errors.ts";
import type { HeldSession } from "./held-session.ts";
import { describeHolder, type LockHolder } from "./lock-holder.ts";
import { endStrangersSql, isKey, isStranger } from "./strangers.ts";

/**
 * The advisory lock every run of this runner takes in the database it migrates: the first 8 bytes of
 * sha256("drizzle.__drizzle_migrations"), as a signed 64-bit number. It shows in pg_locks as classid 937537467, objid
 * 2640276771, objsubid 1.
 */
export const migrationLockKey = "4026692762179956003";

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

/** The transaction-independent mark that shows that a connection is still the one that took the lock. */
export const runMark = "environment.migration_run";

/** What the mark says after `done` migrations of a run. */
export function mark(done: number): string {
  return done === 0 ? "locked" : `done ${done}`;
}

/** SQL that raises 42704 where the mark is another one, and is `otherwise` where it is not. */
export function demandMark(demanded: string, otherwise = "null"): string {
  return (
    `select case when pg_catalog.current_setting('${runMark}') = ${literal(demanded)} then ${otherwise} ` +
    "else pg_catalog.current_setting('environment.the_migration_before_did_not_commit')::pg_catalog.bool end"
  );
}

const lockSql = `select pg_catalog.pg_try_advisory_lock(${migrationLockKey}) as locked, pg_catalog.pg_backend_pid() as pid`;
// Who may write the ledger may run migrations.
const mayMigrate = "pg_catalog.has_table_privilege(a.usesysid, to_regclass('drizzle.__drizzle_migrations'), 'INSERT')";
const unlockSql = `pg_catalog.pg_advisory_unlock(${migrationLockKey})`;

/** What a session is set to for a run. */
export const runSettingsSql = sessionSettings.map(([name, value]) => `set ${name} = '${value}'`).join("; ");

const leaveSql = `reset ${runMark}; ${sessionSettings.map(([name]) => `reset ${name}`).join("; ")}`;

/** The migration lock, as one session has it or not. */
export class MigrationLock {
  readonly #session: HeldSession;
  #held = false;
  #entered = false;
  #pid = 0;

  constructor(session: HeldSession) {
    this.#session = session;
  }

  /** The server process that answered the last try. */
  get pid(): number {
    return this.#pid;
  }

  /** Tries to take it. What is sent behind this in a message of its own sees what the last holder did. */
  async try(): Promise<boolean> {
    const [row] = await this.#session.send(lockSql);
    this.#pid = Number(row?.pid);
    this.#held = row?.locked === true;
    return this.#held;
  }

  /**
   * Polls until it is taken, because a session that waits inside pg_advisory_lock() holds a snapshot, and CREATE INDEX
   * CONCURRENTLY in the lock's holder would wait for it. Throws a MigrationError (code `lock-timeout`) naming the holder.
   */
  async wait(options: { waitMs: number; onWait?: (holder: LockHolder | undefined) => void }): Promise<void> {
    const deadline = Date.now() + options.waitMs;
    for (let pause = firstPollMs; !(await this.try()); pause = Math.min(pause * 1.5, lastPollMs)) {
      await this.#session.send(endStrangersSql(migrationLockKey, mayMigrate));
      if (Date.now() >= deadline) throw lockTimeout(options.waitMs, await lockHolder(this.#session));
      if (pause === firstPollMs) options.onWait?.(await lockHolder(this.#session));
      await sleep(Math.min(pause * (0.75 + Math.random() / 2), Math.max(1, deadline - Date.now())));
    }
  }

  /** Marks the session, which `setUp` makes fit, as this run's. Behind that, in the same message, runs `sql`. */
  async enter(setUp: string, sql = ""): Promise<void> {
    this.#entered = true;
    await this.#session.send(`${setUp}; set ${runMark} = '${mark(0)}'; ${sql}`);
  }

  /**
   * Gives it back behind a run's last migration, without waiting for that one's answer: the server only does so where all
   * of them are committed. Never throws: `release` does what this did not.
   */
  async leave(done: number): Promise<void> {
    await this.#session.send(`${demandMark(mark(done), unlockSql)}; ${leaveSql}`).then(
      () => {
        this.#held = false;
        this.#entered = false;
      },
      () => {},
    );
  }

  /** Gives back what is held, and the session's settings where `enter` set them; a lost connection has done so already. */
  async release(): Promise<void> {
    const texts = [...(this.#held ? [`select ${unlockSql}`] : []), ...(this.#entered ? [leaveSql] : [])];
    if (!this.#session.open || texts.length === 0) return;
    this.#held = false;
    this.#entered = false;
    await this.#session.send(texts.join("; ")).catch((error: unknown) => {
      if (this.#session.open) throw error;
    });
  }
}

/** Asks pg_locks who holds the lock; undefined where it has just been given back. */
export async function lockHolder(session: Pick<HeldSession, "send">): Promise<LockHolder | undefined> {
  const [row] = await session.send(
    "select a.pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '') as user, " +
      "coalesce(to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '') as since, coalesce(a.state, '') as state, " +
      `left(coalesce(a.query, ''), 200) as query, ${isStranger(mayMigrate)} as stranger ` +
      "from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) " +
      `where l.granted and ${isKey(migrationLockKey)}`,
  );
  if (!row) return undefined;
  return {
    pid: Number(row.pid),
    application: String(row.application),
    user: String(row.user),
    since: String(row.since),
    state: String(row.state),
    query: String(row.query),
    stranger: row.stranger === true,
  };
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
