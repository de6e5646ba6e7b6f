import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresError } from "postgres";
import { isServerError, MigrationError, statementError } from "./errors.ts";
import type { Migration } from "./journal.ts";
import { type Progress, recordSql } from "./ledger.ts";
import { literal } from "./literal.ts";
import { dropInvalid, type Kind, kindOf, type Recovery, recover } from "./recovery.ts";
import { headSql, markSql, type RunContext } from "./run.ts";
import type { Statement } from "./statements.ts";
import { backOffMs, isPassing, timeoutsFor } from "./timeouts.ts";

// Answers of the server to a statement that wants no transaction around it: active_sql_transaction, and
// invalid_transaction_termination for a procedure that commits.
const wantsNone = new Set(["25001", "2D000"]);

/**
 * Runs a `-- migrate: no-transaction` file statement by statement. A statement that may run in a transaction does so
 * together with its record; one that may not is recorded as started and then as done, and what an interruption left
 * between the two is read from the catalogs before it runs again.
 */
export async function runWithoutTransaction(
  context: RunContext,
  migration: Migration,
  progress: Progress[],
): Promise<void> {
  const began = performance.now();
  const recorded = new Map(
    progress.filter(({ hash }) => hash === migration.hash).map((step) => [step.statement, step.state]),
  );
  for (const [index, statement] of migration.statements.entries()) {
    const state = recorded.get(index);
    if (state === "done") continue;
    const before = performance.now();
    await runOne({ context, migration, statement, index, kind: kindOf(statement) }, state === "started");
    const total = migration.statements.length;
    const ms = performance.now() - before;
    context.onProgress({ kind: "statement", tag: migration.tag, statement: index + 1, total, ms });
  }
  const forget = `delete from environment.migration_progress where hash = ${literal(migration.hash)}`;
  const done = context.applied.length;
  await context.session.send(headSql(context, migration, done));
  await context.session.send(`${recordSql(migration)}; ${forget}; ${markSql(done + 1)}; commit`);
  const ms = performance.now() - began;
  context.applied.push(migration.tag);
  context.durations.push(ms);
  context.onProgress({ kind: "migration", tag: migration.tag, ms });
}

type One = { context: RunContext; migration: Migration; statement: Statement; index: number; kind: Kind };

async function runOne(one: One, interrupted: boolean): Promise<void> {
  if (interrupted && (await putRight(one)) === "done") {
    await one.context.session.send(`begin; ${stateSql(one, "done")}; commit`);
    return;
  }
  for (let attempt = 1; ; attempt++) {
    const error = await attemptOne(one);
    if (!error) return;
    const { retries } = timeoutsFor(one.migration, one.context.timeouts);
    if (!isPassing(error.code) || attempt > retries) {
      const { tag, file, sql, statements } = one.migration;
      const failed = {
        tag,
        file,
        sql,
        statement: one.statement,
        index: one.index,
        total: statements.length,
        kept: one.index,
      };
      throw statementError(failed, error, [...one.context.applied]);
    }
    const inMs = backOffMs(attempt);
    one.context.onProgress({ kind: "retry", tag: one.migration.tag, attempt, sqlstate: error.code, inMs });
    await sleep(inMs);
  }
}

async function attemptOne(one: One): Promise<PostgresError | undefined> {
  if (one.kind.kind !== "inside") return outside(one);
  const error = await inside(one);
  return error && wantsNone.has(error.code) ? outside(one) : error;
}

/** The statement and its record in one transaction: both or neither. */
async function inside(one: One): Promise<PostgresError | undefined> {
  const { context, migration, statement } = one;
  const head = headSql(context, migration, context.applied.length);
  try {
    await settle([head, statement.text, `${stateSql(one, "done")}; commit`].map((text) => context.session.send(text)));
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    await context.session.send("rollback");
    return error;
  }
}

async function settle(sent: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(sent)).find((answer) => answer.status === "rejected");
  if (failed) throw failed.reason;
}

/** The statement on its own, between two records. */
async function outside(one: One): Promise<PostgresError | undefined> {
  const { context, migration, statement, kind } = one;
  const limits = { ...timeoutsFor(migration, context.timeouts) };
  // CONCURRENTLY waits for others by design, blocks nobody while it does, and leaves a wreck when it is stopped.
  if (kind.kind === "concurrent") {
    limits.lockTimeoutMs = migration.directives.lockTimeoutMs ?? 0;
    limits.statementTimeoutMs = migration.directives.statementTimeoutMs ?? 0;
  }
  const set = `set lock_timeout = ${limits.lockTimeoutMs}; set statement_timeout = ${limits.statementTimeoutMs}`;
  try {
    await context.session.send(`begin; ${stateSql(one, "started")}; commit`);
    if (kind.kind === "concurrent") await dropInvalid(context.session, kind, report(one));
    await context.session.send(set);
    await context.session.send(statement.text);
  } catch (error) {
    if (!isServerError(error)) throw error;
    // It failed and said so, so it is not in doubt; what a concurrent build left behind goes with the next try.
    if (kind.kind !== "concurrent") await context.session.send(`begin; ${forgetSql(one)}; commit`);
    return error;
  } finally {
    if (context.session.open) await context.session.send("reset lock_timeout; reset statement_timeout");
  }
  await context.session.send(`begin; ${stateSql(one, "done")}; commit`);
  return undefined;
}

async function putRight(one: One): Promise<Recovery> {
  const recovery = await recover(one.context.session, one.kind, report(one));
  if (recovery !== "unknown") return recovery;
  const { tag, file, statements } = one.migration;
  const number = one.index + 1;
  throw new MigrationError(
    "interrupted",
    `Migration ${tag}: a run was interrupted in statement ${number} of ${statements.length} (${file}), and nothing shows whether it took ` +
      `effect:\n  ${one.statement.text.slice(0, 200)}\nLook at the database, then run db:repair with --done ${tag}:${number} where it did, ` +
      `or with --again ${tag}:${number} where it did not.`,
    { details: { tag, file, statement: number, total: statements.length } },
  );
}

function report({ context, migration, index }: One): (action: string) => void {
  return (action) => context.onProgress({ kind: "recovery", tag: migration.tag, statement: index + 1, action });
}

function stateSql({ migration, index }: One, state: Progress["state"]): string {
  return (
    "insert into environment.migration_progress (hash, statement, tag, state) " +
    `values (${literal(migration.hash)}, ${index}, ${literal(migration.tag)}, '${state}') ` +
    "on conflict (hash, statement) do update set state = excluded.state, changed_at = now()"
  );
}

function forgetSql({ migration, index }: One): string {
  return `delete from environment.migration_progress where hash = ${literal(migration.hash)} and statement = ${index}`;
}
