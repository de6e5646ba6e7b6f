import { setImmediate as nextTurn } from "node:timers/promises";
import type { Row, Sql } from "postgres";
import { type Journal, readJournal } from "./journal.ts";
import { type DatabaseState, readDetails, withoutDetails } from "./ledger.ts";
import { enterSql, lockAndRead, unlock } from "./lock.ts";
import { checkAddress, checkBehaviour } from "./pooler-check.ts";
import type { OnProgress } from "./progress.ts";
import { openSession, type Session } from "./session.ts";
import type { Settings } from "./settings.ts";

const defaultLockWaitMs = 60_000;

/**
 * Runs `work` under the migration lock, with the state read under it and the folder read meanwhile. `work` calls `enter`
 * before it runs migrations.
 */
export async function locked<T>(
  sql: Sql,
  options: { folder: string; lockWaitMs?: number; onProgress?: OnProgress; settings?: Settings },
  work: (session: Session, state: DatabaseState, journal: Journal, enter: () => Promise<void>) => Promise<T>,
): Promise<T> {
  checkAddress(sql);
  const session = await openSession(sql);
  let entered = false;
  const enter = async (): Promise<void> => {
    entered = true;
    await session.send(enterSql);
  };
  try {
    const [ledger, journal] = await both(
      lockAndRead(session, {
        waitMs: options.lockWaitMs ?? defaultLockWaitMs,
        onWait: (holder) => options.onProgress?.({ kind: "waiting", ...(holder ? { holder } : {}) }),
      }),
      readWhileWaiting(options.folder),
    );
    await checkBehaviour(sql, session, ledger);
    const settled = Object.keys(options.settings ?? {}).length === 0 && agree(journal, ledger.raw);
    const state = settled ? withoutDetails(ledger) : await readDetails(ledger, session.send);
    return await work(session, state, journal, enter);
  } finally {
    await unlock(session, entered);
    await session.close();
  }
}

/** True where the ledger holds exactly the journal's migrations, as they are. */
function agree({ migrations, missing }: Journal, rows: Row[]): boolean {
  if (missing.length > 0 || rows.length !== migrations.length) return false;
  const recorded = new Set(rows.map((row) => `${row.created_at} ${row.hash}`));
  return migrations.every(({ when, hash }) => recorded.has(`${when} ${hash}`));
}

// Unlike Promise.all, waits for the other one after a failure: a lock that is still to be answered has to be given back.
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

// The files are read synchronously, which is faster for many small ones; one turn lets the queries leave first.
export async function readWhileWaiting(folder: string): Promise<Journal> {
  await nextTurn();
  return readJournal(folder);
}
