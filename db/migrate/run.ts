import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { adviceFor } from "./advice.ts";
import { commitError, isServerError, MigrationError, statementError } from "./errors.ts";
import type { HeldSession } from "./held-session.ts";
import type { Migration } from "./journal.ts";
import { recordSql } from "./ledger.ts";
import { demandMark, type MigrationLock, mark, runMark, runSettingsSql } from "./lock.ts";
import { resetsAll } from "./no-transaction/file-settings.ts";
import { switchedBackend } from "./pooler-check.ts";
import type { OnProgress } from "./progress.ts";
import { type Baseline, freshSql, takeBackSql } from "./session-state.ts";
import type { Statement } from "./statement-list.ts";
import { backOffMs, isPassing, type Timeouts, timeoutsFor } from "./timeouts.ts";

/** What every step of a run needs. */
export type RunContext = {
  sql: Sql;
  session: HeldSession;
  lock: MigrationLock;
  /** What the session is before each migration. */
  baseline: Baseline;
  timeouts: Timeouts;
  onProgress: OnProgress;
  /** Tags committed so far in this run. */
  applied: string[];
  /** Durations of those, in milliseconds. */
  durations: number[];
};

type Step = { migration: Migration; part: "head" | "tail" | number; text: string; alone?: boolean };
type Failure = { step: Step; error: unknown };

// How many messages may be under way at once. After a failure the server answers those behind it with 25P02 and logs
// that, so it is not larger than what hides a round trip.
export const window = 48;

/**
 * For every commit of a run but the last of a series: the server may answer before the commit is on disk. Commits reach the
 * disk in order, each with its ledger row, so a crash of the server can only undo the newest ones, as a whole; and the last
 * one, which is waited for, takes all before it along.
 */
export const relaxed = "set local synchronous_commit = off";

// What is deferred to the commit runs under the file's role and settings, as it would without this runner.
const checksSql = "set constraints all immediate";

// After a failure there is no such last one: any write that is waited for does.
const settleSql =
  "update environment.migration_history set tag = tag where ledger_id = (select max(ledger_id) from environment.migration_history)";

/**
 * Runs migrations in one transaction each, without waiting for an answer between statements. The first failure turns
 * everything sent behind it into an error on the server: inside its transaction by 25P02, and after a commit that failed
 * by the mark that each head demands of the one before. Behind the `last` ones the lock is given back in the same way.
 */
export async function runInTransactions(
  context: RunContext,
  migrations: Migration[],
  options: { last: boolean },
): Promise<void> {
  const attempts = new Map<string, number>();
  let left = migrations;
  while (left.length > 0) {
    const failure = await pipeline(context, left, options);
    if (!failure) return;
    if (!context.session.open) throw failure.error;
    const { migration } = failure.step;
    await context.session.send(takeBackSql(migration.sql));
    await context.session.send(settleSql);
    const attempt = (attempts.get(migration.tag) ?? 0) + 1;
    attempts.set(migration.tag, attempt);
    await waitOrThrow(context, failure, attempt);
    left = left.slice(left.indexOf(migration));
  }
}

async function waitOrThrow(context: RunContext, failure: Failure, attempt: number): Promise<void> {
  const { migration } = failure.step;
  const { error } = failure;
  if (!isServerError(error)) throw error;
  const { retries } = timeoutsFor(migration, context.timeouts);
  if (!isPassing(error.code) || attempt > retries) throw explain(failure, context);
  const inMs = backOffMs(attempt);
  context.onProgress({ kind: "retry", tag: migration.tag, attempt, sqlstate: error.code, inMs });
  await sleep(inMs);
}

async function pipeline(
  context: RunContext,
  migrations: Migration[],
  { last }: { last: boolean },
): Promise<Failure | undefined> {
  const all = context.applied.length + migrations.length;
  let failure: Failure | undefined;
  const clock = { statement: performance.now(), migration: performance.now() };
  const underWay: Promise<void>[] = [];
  for (const step of steps(context, migrations)) {
    if (step.alone) await Promise.all(underWay.splice(0));
    else if (underWay.length >= window) await underWay.shift();
    if (failure) break;
    underWay.push(
      context.session.run(step.text).then(
        () => note(context, step, clock),
        (error: unknown) => {
          failure ??= { step, error };
        },
      ),
    );
  }
  if (last && !failure) underWay.push(context.lock.leave(all));
  await Promise.all(underWay);
  return failure;
}

function* steps(context: RunContext, migrations: Migration[]): Generator<Step> {
  let done = context.applied.length;
  for (const migration of migrations) {
    const commit = migration === migrations.at(-1) ? "commit" : `${relaxed}; commit`;
    yield { migration, part: "head", text: headSql(context, migration, done) };
    for (const [index, statement] of migration.statements.entries()) {
      yield { migration, part: index, text: textOf(statement, context, migration), alone: endsFailure(statement) };
    }
    done++;
    const fresh = `${checksSql}; ${freshSql(context.baseline, migration.sql)}; ${limitsSql(context, migration)}`;
    yield { migration, part: "tail", text: `${fresh}; ${recordSql(migration)}; ${markSql(done)}; ${commit}` };
  }
}

/**
 * True for what the server obeys in a transaction that failed: ROLLBACK TO SAVEPOINT, the others are refused. Sent behind
 * a failure that is not known yet, it would let what follows be committed.
 */
function endsFailure({ words }: Statement): boolean {
  return words[0] === "ROLLBACK";
}

function textOf(statement: Statement, context: RunContext, migration: Migration): string {
  const { text } = statement;
  if (!resetsAll(statement)) return text;
  return `${text}; ${runSettingsSql}; ${limitsSql(context, migration)}`;
}

/** Opens a transaction on the connection that holds the lock, behind the migration before, or raises 42704. */
function headSql(context: RunContext, migration: Migration, done: number): string {
  return `begin; ${demandMark(mark(done))}; ${limitsSql(context, migration)}`;
}

function limitsSql({ timeouts }: RunContext, migration: Migration): string {
  const { lockTimeoutMs, statementTimeoutMs } = timeoutsFor(migration, timeouts);
  return `set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = ${statementTimeoutMs}`;
}

/** Marks, inside a transaction, that the run came this far. */
export function markSql(done: number): string {
  return `set ${runMark} = '${mark(done)}'`;
}

function note(context: RunContext, { migration, part }: Step, clock: { statement: number; migration: number }): void {
  const now = performance.now();
  if (part === "head") clock.migration = now;
  else if (part === "tail") {
    const ms = now - clock.migration;
    context.applied.push(migration.tag);
    context.durations.push(ms);
    context.onProgress({ kind: "migration", tag: migration.tag, ms });
  } else {
    const total = migration.statements.length;
    context.onProgress({
      kind: "statement",
      tag: migration.tag,
      statement: part + 1,
      total,
      ms: now - clock.statement,
    });
  }
  clock.statement = now;
}

function explain({ step: { migration, part }, error }: Failure, { sql: connection, applied }: RunContext): unknown {
  if (!isServerError(error)) return error;
  if (part === "head" && error.code === "42704") return switchedBackend(connection);
  const { tag, file, sql, statements } = migration;
  const index = typeof part === "number" ? part : statements.length - 1;
  const statement = statements.at(index);
  if (typeof part === "number" && statement) {
    return statementError({ tag, file, sql, statement, index, total: statements.length }, error, [...applied]);
  }
  if (part === "tail") return commitError({ tag, file }, error, [...applied]);
  return new MigrationError(
    "statement",
    `Migration ${tag}: opening its transaction failed with SQLSTATE ${error.code}: ${error.message}. It left nothing behind. ${adviceFor(error)}`,
    { details: { tag, file, sqlstate: error.code, applied: [...applied] }, cause: error },
  );
}
