import { setTimeout as sleep } from "node:timers/promises";
import { literal } from "../../connection/literal.ts";
import { isServerError } from "../errors.ts";
import type { Migration } from "../journal.ts";
import { type Progress, recordSql } from "../ledger.ts";
import { demandMark, mark, runSettingsSql } from "../lock.ts";
import { switchedBackend } from "../pooler-check.ts";
import { isEdited } from "../resume.ts";
import { markSql, type RunContext, window } from "../run.ts";
import { freshSql } from "../session-state.ts";
import type { Statement } from "../statement-list.ts";
import { backOffMs, isPassing, timeoutsFor } from "../timeouts.ts";
import { type FailedOne, type FileRun, limitsSql, moveSql } from "./file-run.ts";
import { settingsOf } from "./file-settings.ts";
import { explain, resumeFailed } from "./no-transaction-errors.ts";
import { runAlone } from "./one-by-one.ts";
import { kindOf } from "./recovery.ts";
import { sendTogether } from "./send-together.ts";
import { lookSql, sessionAgainSql, watchSql } from "./watch.ts";

/**
 * Runs a `-- migrate: no-transaction` file. Each statement is committed together with its record, without waiting for the
 * answer to the one before: a failure turns all behind it into errors by the mark that each demands of the one before. What
 * cannot be in a transaction goes one at a time.
 */
export async function runWithoutTransaction(
  context: RunContext,
  migration: Migration,
  steps: Progress[],
): Promise<void> {
  const began = performance.now();
  const run = await begin(context, migration, steps);
  const { session, baseline, applied } = context;
  try {
    await runStatements(run);
    const forget = `delete from environment.migration_progress where tag = ${literal(migration.tag)}`;
    const fresh = freshSql(baseline, migration.sql);
    const record = `${recordSql(migration)}; ${forget}; ${markSql(applied.length + 1)}`;
    await session.send(`${demandMark(run.mark)}; ${fresh}; ${record}`);
  } catch (error) {
    if (session.open) {
      await session.send(
        [lookSql(run, run.done.lastIndexOf(true)), freshSql(baseline, migration.sql), flushSql(migration)].join("; "),
      );
    }
    throw error;
  }
  const ms = performance.now() - began;
  applied.push(migration.tag);
  context.durations.push(ms);
  context.onProgress({ kind: "migration", tag: migration.tag, ms });
}

// What is done reaches the disk with any write that is waited for.
function flushSql({ tag }: Migration): string {
  const own = `where tag = ${literal(tag)}`;
  const newest = `(select max(statement) from environment.migration_progress ${own})`;
  return `update environment.migration_progress set tag = tag ${own} and statement = ${newest}`;
}

/** Makes the session what the finished statements made it. */
async function begin(context: RunContext, migration: Migration, steps: Progress[]): Promise<FileRun> {
  const { tag, statements } = migration;
  const done: boolean[] = new Array(statements.length).fill(false);
  for (const { statement, state } of steps) if (state === "done") done[statement] = true;
  const started = steps.filter(({ state }) => state === "started");
  const run: FileRun = {
    context,
    migration,
    done,
    doubts: new Map(started.map((step) => [step.statement, { edited: isEdited(step, migration) }])),
    outside: new Map(),
    settings: settingsOfDone(migration, done),
    mark: `${mark(context.applied.length)} in ${tag}`,
    kinds: new Map(),
  };
  const renamed = steps.filter((step) => step.tag !== tag).map((step) => literal(step.tag));
  const rename = `update environment.migration_progress set tag = ${literal(tag)} where tag in (${renamed.join(", ")})`;
  const parts = [
    demandMark(mark(context.applied.length)),
    limitsSql(run),
    ...(renamed.length === 0 ? [] : [rename]),
    ...againSql(run, steps),
    watchSql(run),
    moveSql(run.mark),
  ];
  try {
    await context.session.send(parts.join("\n;"));
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (error.code === "42704" && error.message.includes("environment.")) throw switchedBackend(context.sql);
    throw resumeFailed(run, error);
  }
  return run;
}

/** What finished statements made of the session, in their order. */
function againSql(run: FileRun, steps: Progress[]): string[] {
  const { context, migration, done } = run;
  const byStatement = new Map(steps.map((step) => [step.statement, step]));
  const settings: string[] = [];
  const parts: string[] = [];
  for (const [index, statement] of migration.statements.entries()) {
    if (!done[index]) continue;
    const own = settingsOf(statement);
    settings.push(...own);
    parts.push(
      ...own.map((text) => (/^reset\s+all$/i.test(text) ? `${text}; ${runSettingsSql}; ${limitsSql(run)}` : text)),
    );
    const step = byStatement.get(index);
    if (step?.left) parts.push(sessionAgainSql({ context, settings: [...settings] }, step));
  }
  return parts;
}

function settingsOfDone({ statements }: Migration, done: boolean[]): string[] {
  const found: string[] = [];
  for (const [index, statement] of statements.entries()) if (done[index]) found.push(...settingsOf(statement));
  return found;
}

async function runStatements(run: FileRun): Promise<void> {
  const { context, migration, outside } = run;
  const { retries } = timeoutsFor(migration, context.timeouts);
  let attempts = 0;
  let last = -1;
  for (;;) {
    const failed = await pipeline(run);
    if (!failed) return;
    const { index, error } = failed;
    run.mark = failed.mark;
    run.settings = settingsOfDone(migration, run.done);
    attempts = index === last ? attempts + 1 : 1;
    last = index;
    if (wantsNone.has(error.code) && !outside.has(index)) {
      outside.set(index, error.code);
      attempts = 0;
    } else if (isPassing(error.code) && attempts <= retries && !failed.left) {
      const inMs = backOffMs(attempts);
      context.onProgress({ kind: "retry", tag: migration.tag, attempt: attempts, sqlstate: error.code, inMs });
      await sleep(inMs);
    } else throw explain(run, failed);
  }
}

// Answers of the server to a statement that wants no transaction around it: active_sql_transaction, and
// invalid_transaction_termination for a procedure that commits.
const wantsNone = new Set(["25001", "2D000"]);

/** Sends what is not done, up to the first failure. */
async function pipeline(run: FileRun): Promise<FailedOne | undefined> {
  const { context, migration, done } = run;
  const underWay: Promise<void>[] = [];
  let failed: FailedOne | undefined;
  let clock = performance.now();
  const note = (index: number): void => {
    done[index] = true;
    const now = performance.now();
    const total = done.length;
    context.onProgress({ kind: "statement", tag: migration.tag, statement: index + 1, total, ms: now - clock });
    clock = now;
  };
  for (const [index, statement] of migration.statements.entries()) {
    if (done[index]) continue;
    const alone = run.doubts.has(index) || run.outside.has(index) || isAlone(statement);
    if (alone) await Promise.all(underWay.splice(0));
    else if (underWay.length >= window) await underWay.shift();
    if (failed) break;
    const before = run.mark;
    const sent = alone ? runAlone(run, statement, index) : sendTogether(run, statement, index);
    const settled = sent.then((failure) => {
      if (!failure) note(index);
      else failed ??= { index, mark: before, ...failure };
    });
    if (alone) await settled;
    else underWay.push(settled);
  }
  await Promise.all(underWay);
  if (failed) await run.context.session.send("rollback");
  return failed;
}

/** A call may commit, and what its answer is decides how what follows may be sent. */
function isAlone(statement: Statement): boolean {
  const { words, group, text } = statement;
  if (group || words[0] === "CALL" || (words[0] === "DO" && /\bcommit\b/i.test(text))) return true;
  return kindOf(statement).kind !== "inside";
}
