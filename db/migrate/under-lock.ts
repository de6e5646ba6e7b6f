import { setImmediate as nextTurn } from "node:timers/promises";
import type { Row, Sql } from "postgres";
import { type Journal, readJournal } from "./journal.ts";
import { type DatabaseState, readHistory, readLedger, readSurvey, type Survey, stateOf, surveySql } from "./ledger.ts";
import { enterSql, type Held, lockAndRead, unlock } from "./lock.ts";
import { checkAddress, checkBehaviour } from "./pooler-check.ts";
import type { OnProgress } from "./progress.ts";
import { openSession, type Session } from "./session.ts";
import { compareSettings, type Settings } from "./settings.ts";

const defaultLockWaitMs = 60_000;

type LockOptions = { folder: string; lockWaitMs?: number; onProgress?: OnProgress; settings?: Settings };

/** What `locked` hands to its work. `enter` is called before migrations run. */
export type UnderLock = { session: Session; state: DatabaseState; journal: Journal; enter: () => Promise<void> };

/**
 * Runs `work` under the migration lock, with the state read under it. Where a look without the lock finds nothing to do,
 * and `settled` is given, that answers instead: somebody else's run can only have brought the database to where it is.
 */
export async function locked<T>(
  sql: Sql,
  options: LockOptions,
  work: (held: UnderLock) => Promise<T>,
  settled?: (journal: Journal) => T,
): Promise<T> {
  checkAddress(sql);
  const session = await openSession(sql);
  let entered = false;
  let asked = false;
  const enter = async (): Promise<void> => {
    entered = true;
    await session.send(enterSql);
  };
  try {
    const [rows, journal] = await both(session.send(surveySql), readWhileWaiting(options.folder));
    const seen = readSurvey(rows[0]);
    if (settled && (await isSettled(session, seen, journal, options.settings))) return settled(journal);
    asked = true;
    const held = await lockAndRead(session, {
      seen,
      waitMs: options.lockWaitMs ?? defaultLockWaitMs,
      onWait: (holder) => options.onProgress?.({ kind: "waiting", ...(holder ? { holder } : {}) }),
    });
    await checkBehaviour(sql, session, held);
    return await work({ session, state: await stateUnder(session, held, journal), journal, enter });
  } finally {
    if (asked) await unlock(session, entered);
    await session.close();
  }
}

/** False as well where a pooler may stand between: what it is shows only under the lock. */
async function isSettled(session: Session, seen: Survey, journal: Journal, wanted: Settings = {}): Promise<boolean> {
  if (!seen.exists.ledger || session.announcedPid() !== seen.backendPid) return false;
  const { ledger, settings } = await readLedger(seen, session.send);
  if (journal.missing.length > 0 || ledger.length !== journal.migrations.length || !explained(journal, ledger))
    return false;
  const stored = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  return compareSettings({ wanted, stored, anyApplied: ledger.length > 0, allowed: [] }).length === 0;
}

async function stateUnder(session: Session, { survey, ledger }: Held, journal: Journal): Promise<DatabaseState> {
  return stateOf(survey, ledger, explained(journal, ledger.ledger) ? [] : await readHistory(survey, session.send));
}

/** True where each row of the ledger is a migration of the journal, as its file is. */
function explained({ migrations }: Journal, rows: Row[]): boolean {
  const listed = new Set(migrations.map(({ when, hash }) => `${when} ${hash}`));
  return rows.every((row) => listed.delete(`${row.created_at} ${row.hash}`));
}

// Unlike Promise.all, waits for the other one after a failure: nothing is under way any more when the session is closed.
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

// The files are read synchronously, which is faster for many small ones; one turn lets the queries leave first.
export async function readWhileWaiting(folder: string): Promise<Journal> {
  await nextTurn();
  return readJournal(folder);
}
