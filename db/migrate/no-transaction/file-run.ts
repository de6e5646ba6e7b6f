import type { PostgresError } from "postgres";
import { literal } from "../../connection/literal.ts";
import { isServerError } from "../errors.ts";
import type { Migration } from "../journal.ts";
import { mark, runMark } from "../lock.ts";
import { statementHash } from "../resume.ts";
import type { RunContext } from "../run.ts";
import { identitySql } from "../session-state.ts";
import type { Statement } from "../statement-list.ts";
import { timeoutsFor } from "../timeouts.ts";
import { identityOf } from "./file-settings.ts";

/** A no-transaction file under way. */
export type FileRun = {
  context: RunContext;
  migration: Migration;
  /** By statement: whether it is done and recorded. */
  done: boolean[];
  /** What an interrupted run began and did not record as done. */
  doubts: Map<number, { edited: boolean }>;
  /** Statements that the server refused to run in a transaction, with its SQLSTATE. */
  outside: Map<number, string>;
  /** What the file set so far, in order. */
  settings: string[];
  /** What the session's mark says behind what was sent last. */
  mark: string;
  /** By the words they begin with: the first statement of each kind. */
  kinds: Map<string, number>;
};

/** A statement that failed. `left` says what it may have left behind. */
export type FailedOne = { index: number; error: PostgresError; mark: string; left?: string };

/** Names what is missing where the mark is another one. */
export const unmarked = "environment.the_statement_before_did_not_commit";

/** Sends one message; positions in the answer count from the start of `text`. */
export async function attempt(
  { context }: FileRun,
  message: { before: string; text: string; behind: string },
): Promise<{ error: PostgresError } | undefined> {
  try {
    await context.session.run(`${message.before}${message.text}${message.behind}`);
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    const position = Number(error.position ?? 0) - [...message.before].length;
    if (error.position) error.position = String(Math.max(0, position));
    return { error };
  }
}

/** Records a statement as done and moves the mark on. Raises 42704 where the one before it did not commit. */
export function recordOne(
  run: FileRun,
  statement: Statement,
  { index, watched }: { index: number; watched: boolean },
): string {
  const { migration, context } = run;
  const expected = `pg_catalog.current_setting('${runMark}') = ${literal(run.mark)}`;
  run.mark = `${mark(context.applied.length)} at ${index}`;
  // Behind one that is watched the mark moves on when it was looked at the session.
  const [session, next] = watched ? [`'"?"'`, `${run.mark} unseen`] : ["null", run.mark];
  const row = [literal(migration.hash), index, literal(migration.tag)].join(", ");
  const state = `case when ${expected} then 'done' else pg_catalog.current_setting('${unmarked}') end`;
  return (
    "insert into environment.migration_progress (hash, statement, tag, state, statement_hash, session) " +
    `values (${row}, ${state}, '${statementHash(statement)}', ${session}); ${moveSql(next)}`
  );
}

/** Sets the mark. */
export function moveSql(to: string): string {
  return `set ${runMark} = ${literal(to)}`;
}

/** Runs SQL as the role of the run where the file has taken another. */
export function asRunner({ context, settings }: Pick<FileRun, "context" | "settings">, sql: string): string {
  const identity = identityOf(settings);
  return identity.length === 0 ? sql : [identitySql(context.baseline), sql, ...identity].join("; ");
}

/**
 * The file's limits for the whole session; what the file itself sets comes later and wins. Commits reach the disk in order,
 * each statement with its record, and the file's last one is waited for (see `relaxed` in run.ts).
 */
export function limitsSql({ context, migration }: FileRun): string {
  const { lockTimeoutMs, statementTimeoutMs } = timeoutsFor(migration, context.timeouts);
  return `set synchronous_commit = off; set lock_timeout = ${lockTimeoutMs}; set statement_timeout = ${statementTimeoutMs}`;
}
