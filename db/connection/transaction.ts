import type { Sql, TransactionSql } from "postgres";
import { coded } from "./errors.ts";
import { speaking } from "./facade.ts";
import type { Pool } from "./pool.ts";
import type { Query } from "./query.ts";
import type { Session } from "./session.ts";

type Work = (sql: TransactionSql) => unknown;
/** One transaction: its session, and what its savepoints share. `ending` once its last statement may be sent. */
type Held = {
  base: Sql;
  session: Session;
  savepoints: number;
  prepare: string | undefined;
  failed: { error: unknown } | undefined;
  ending: boolean;
};

/**
 * `sql.begin` of postgres.js, for as long as the session lives: once it is lost, the caller's promise rejects with the
 * cause, every further query of the transaction rejects, and nothing is sent. The same holds once the transaction is over,
 * also where a statement of its own ended it: what comes next would run as the role that logged in.
 * @param begin the statement that begins it.
 */
export async function transaction(base: Sql, pool: Pool, begin: string, work: Work): Promise<unknown> {
  const session = await pool.take();
  const lost = new Promise<never>((_, reject) => {
    session.onLost = reject;
  });
  const held: Held = { base, session, savepoints: 0, prepare: undefined, failed: undefined, ending: false };
  const done = session.run(begin).then(() => outermost(held, work));
  done.then(
    () => pool.give(session),
    () => pool.give(session),
  );
  return Promise.race([done, lost]);
}

async function outermost(held: Held, work: Work): Promise<unknown> {
  const { session } = held;
  const result = await scope(held, work).catch(async (error: unknown) => {
    held.ending = true;
    await session.run("rollback").catch((cause: Error) => session.close(cause));
    throw session.lost ?? error;
  });
  held.ending = true;
  const { prepare } = held;
  const answer = await session.run(prepare === undefined ? "commit" : `prepare transaction '${prepare}'`);
  if (commandOf(answer) !== "ROLLBACK") return result;
  throw held.failed?.error ?? coded("25P02", "The transaction was rolled back, because a statement of it had failed.");
}

const commandOf = (answer: unknown) => (answer as { command?: string | null }).command;

/** Runs `work` with a `sql` of its own, and waits for what it returns. Rejects with the first query that failed, too. */
async function scope(held: Held, work: Work): Promise<unknown> {
  let over = false;
  let failed: { error: unknown } | undefined;
  const dispatch = (query: Query) => {
    query.catch((error: unknown) => {
      failed ??= { error };
      held.failed ??= { error };
    });
    if (over)
      query.reject(coded("TRANSACTION_OVER", "It was not sent, because the transaction it belongs to is over."));
    else held.session.send(query, () => leaving(held));
  };
  const sql = speaking(held.base, dispatch, {
    savepoint: (...given: [Work] | [string, Work]) => savepoint(held, ...given),
    prepare: (name: string) => {
      held.prepare = name.replaceAll(/[^a-z0-9$\-_. ]/gi, "");
    },
  });
  try {
    const made = await work(sql as unknown as TransactionSql);
    const result = Array.isArray(made) ? await Promise.all(made) : made;
    if (failed) throw failed.error;
    return result;
  } catch (error) {
    // 25P02: only says that an earlier query failed.
    throw failed && (error as { code?: unknown } | undefined)?.code === "25P02" ? failed.error : error;
  } finally {
    over = true;
  }
}

/** A statement of the caller that ended the transaction takes the session with it. */
function leaving({ session, ending }: Held): undefined {
  if (ending || session.lost || session.status !== "I") return;
  session.close(
    coded("TRANSACTION_OVER", "A statement inside the transaction ended it, so its session was ended, too."),
  );
}

async function savepoint(held: Held, ...given: [Work] | [string, Work]): Promise<unknown> {
  const work = given.length === 1 ? given[0] : given[1];
  const number = `s${held.savepoints++}`;
  const name = `"${(given.length === 1 ? number : `${number}_${given[0]}`).replaceAll('"', '""')}"`;
  await held.session.run(`savepoint ${name}`);
  return scope(held, work).catch(async (error: unknown) => {
    await held.session.run(`rollback to ${name}`);
    throw error;
  });
}
