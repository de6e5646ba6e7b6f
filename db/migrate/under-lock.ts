import type { Sql } from "postgres";
import { explained } from "./failure.ts";
import { type HeldSession, holdSession } from "./held-session.ts";
import { type Journal, readJournalInTurns } from "./journal.ts";
import type { DatabaseState } from "./ledger.ts";
import { MigrationLock } from "./lock.ts";
import { agreeing, asHere } from "./match.ts";
import { checkAddress, checkBehaviour } from "./pooler-check.ts";
import type { OnProgress } from "./progress.ts";
import { compareSettings, type DatabaseSettings } from "./settings.ts";
import { readNotes, readSurvey, readTables, type Survey, withNotes } from "./state.ts";

const defaultLockWaitMs = 60_000;

type LockOptions = { folder: string; lockWaitMs?: number; onProgress?: OnProgress; settings?: DatabaseSettings };

/** What `locked` hands to its work. */
export type UnderLock = { session: HeldSession; lock: MigrationLock; state: DatabaseState; journal: Journal };

/**
 * Runs `work` under the migration lock, with the state as it is under it. Where somebody else has the lock and there is
 * nothing to do, `settled`, where given, answers without waiting: that run can only have brought the database to where it is.
 */
export async function locked<T>(
  sql: Sql,
  options: LockOptions,
  work: (held: UnderLock) => Promise<T>,
  settled?: (journal: Journal) => T,
): Promise<T> {
  checkAddress(sql);
  return explained(sql, () => underLock(sql, options, work, settled));
}

async function underLock<T>(
  sql: Sql,
  options: LockOptions,
  work: (held: UnderLock) => Promise<T>,
  settled?: (journal: Journal) => T,
): Promise<T> {
  const session = await holdSession(sql);
  const lock = new MigrationLock(session);
  try {
    const [seen, journal] = await both(look(session, lock), readJournalInTurns(options.folder));
    if (settled && isSettled(session, seen, journal, options.settings)) {
      // Nothing was changed under it: its return is not waited for.
      lock.release().catch(() => {});
      return settled(journal);
    }
    const { survey, state } = seen.taken ? seen : await lookUnderLock(session, lock, options);
    await checkBehaviour(sql, session, { lock, backendPid: survey.backendPid });
    const notes = isExplained(journal, state) ? [] : await readNotes(survey, session);
    return await work({ session, lock, state: withNotes(state, notes), journal });
  } finally {
    await lock.release();
    await session.close();
  }
}

type Look = { survey: Survey; state: DatabaseState };

/** Tries to take the lock, and looks behind that: with it, what it sees stays so. */
async function look(session: HeldSession, lock: MigrationLock): Promise<Look & { taken: boolean }> {
  const [taken, survey] = await both(lock.try(), readSurvey(session));
  return { taken, survey, state: await readTables(survey, session) };
}

async function lookUnderLock(session: HeldSession, lock: MigrationLock, options: LockOptions): Promise<Look> {
  await lock.wait({
    waitMs: options.lockWaitMs ?? defaultLockWaitMs,
    onWait: (holder) => options.onProgress?.({ kind: "waiting", ...(holder ? { holder } : {}) }),
  });
  const survey = await readSurvey(session);
  return { survey, state: await readTables(survey, session) };
}

/** False as well where a pooler may stand between: what it is shows only under the lock. */
function isSettled(
  session: HeldSession,
  { survey: { exists, backendPid }, state }: Look,
  journal: Journal,
  wanted: DatabaseSettings = {},
): boolean {
  if (!exists.ledger || session.announcedPid() !== backendPid) return false;
  const { rows, settings } = state;
  if (journal.missing.length > 0 || rows.length !== journal.migrations.length || !isExplained(journal, state))
    return false;
  return compareSettings({ wanted, stored: settings, anyApplied: rows.length > 0, allowed: [] }).length === 0;
}

/** True where each row of the ledger is a migration of the journal, as its file is. */
function isExplained({ migrations }: Journal, { rows }: DatabaseState): boolean {
  const here = asHere(migrations, rows);
  const same = agreeing(migrations, here);
  const listed = new Set(migrations.slice(same).map(({ when, hash }) => `${when} ${hash}`));
  return here.slice(same).every(({ createdAt, hash }) => listed.delete(`${createdAt} ${hash}`));
}

// Unlike Promise.all, waits for the other one after a failure: nothing is under way any more when the session is closed.
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
