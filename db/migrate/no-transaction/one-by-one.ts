import type { PostgresError } from "postgres";
import { literal } from "../../connection/literal.ts";
import { isServerError, MigrationError } from "../errors.ts";
import type { Progress } from "../ledger.ts";
import { statementHash } from "../resume.ts";
import { identitySql } from "../session-state.ts";
import type { Statement } from "../statement-list.ts";
import { timeoutsFor } from "../timeouts.ts";
import { asRunner, attempt, type FileRun, recordOne } from "./file-run.ts";
import { identityOf, settingsOf } from "./file-settings.ts";
import { dropInvalid, invalidIndexes, type Kind, kindOf, type Recovery, recover } from "./recovery.ts";
import { sendTogether } from "./send-together.ts";
import { settleSql } from "./watch.ts";

type Failure = { error: PostgresError; left?: string };
type One = { run: FileRun; statement: Statement; index: number; kind: Kind };

/** Runs a statement of a no-transaction file with nothing else under way. */
export async function runAlone(run: FileRun, statement: Statement, index: number): Promise<Failure | undefined> {
  const one: One = { run, statement, index, kind: kindOf(statement) };
  if (run.doubts.has(index)) {
    const found = await resolveDoubt(one);
    run.doubts.delete(index);
    if (found === "done") return done(one);
    await run.context.session.send(asRunner(run, forgetSql(one)));
  }
  if (statement.group) return together(one);
  if (one.kind.kind === "inside" && !run.outside.has(index)) return sendTogether(run, statement, index);
  return outside(one);
}

/** A group between BEGIN and COMMIT, with its record. */
async function together({ run, statement, index }: One): Promise<Failure | undefined> {
  const record = [identitySql(run.context.baseline), recordOne(run, statement, { index, watched: true })].join("; ");
  run.settings = [...run.settings, ...settingsOf(statement)];
  const behind = `\n; ${asRunner(run, record)}; commit; ${settleSql(run, index)}`;
  return attempt(run, { before: "begin; ", text: statement.text, behind });
}

/** The statement on its own, between two records. */
async function outside(one: One): Promise<Failure | undefined> {
  const { run, statement, index, kind } = one;
  const { session } = run.context;
  const limits = limitsOf(one);
  try {
    await session.send(asRunner(run, startedSql(one)));
    if (kind.kind === "concurrent") await dropInvalid(session, kind, report(one));
    if (limits) await session.send(limits.set);
    await session.run(statement.text);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (limits) await session.send(limits.back);
    // What got as far as a commit of its own may have made others before it failed.
    if (run.outside.get(index) === "2D000") return { error, left: doubtful(one) };
    await session.send(asRunner(run, forgetSql(one)));
    const [wreck] = kind.kind === "concurrent" ? await invalidIndexes(session, kind) : [];
    return wreck
      ? { error, left: `The index ${wreck} is left invalid: the next run drops it and builds it again.` }
      : { error };
  }
  if (limits) await session.send(limits.back);
  return done(one);
}

/** CONCURRENTLY waits for others by design, blocks nothing while it does, and leaves a wreck when it is stopped. */
function limitsOf({ run, kind }: One): { set: string; back: string } | undefined {
  if (kind.kind !== "concurrent") return undefined;
  const { directives } = run.migration;
  const usual = timeoutsFor(run.migration, run.context.timeouts);
  const own = [
    { name: "lock_timeout", usual: usual.lockTimeoutMs, own: directives.lockTimeoutMs },
    { name: "statement_timeout", usual: usual.statementTimeoutMs, own: directives.statementTimeoutMs },
  ].filter(({ name, own }) => own === undefined && !run.settings.some((text) => text.includes(name)));
  if (own.length === 0) return undefined;
  return {
    set: own.map(({ name }) => `set ${name} = 0`).join("; "),
    back: own.map(({ name, usual }) => `set ${name} = ${usual}`).join("; "),
  };
}

async function done(one: One): Promise<Failure | undefined> {
  const { run, statement, index } = one;
  const record = recordOne(run, statement, { index, watched: true });
  // Whatever role the statement left.
  const recorded = [identitySql(run.context.baseline), forgetSql(one), record, ...identityOf(run.settings)].join("; ");
  return attempt(run, { before: "", text: recorded, behind: `; ${settleSql(run, index)}` });
}

async function resolveDoubt(one: One): Promise<Recovery> {
  const { run, kind, index } = one;
  const found = await recover(run.context.session, kind, report(one));
  // What is there may be what the statement said before it was edited.
  const sure = found === "done" && run.doubts.get(index)?.edited ? unsure(kind) : found;
  if (sure !== "unknown") return sure;
  const { tag, file, statements } = run.migration;
  const total = statements.length;
  throw new MigrationError(
    "interrupted",
    `Migration ${tag}: a run was interrupted in statement ${index + 1} of ${total} (${file}), and nothing shows whether it took ` +
      `effect:\n  ${one.statement.text.slice(0, 200)}\n${settle(one)}`,
    { details: { tag, file, statement: index + 1, total } },
  );
}

function unsure(kind: Kind): Recovery {
  return kind.kind === "concurrent" && kind.action === "create" ? "unknown" : "again";
}

function doubtful(one: One): string {
  return `What it committed before it failed stays. ${settle(one)}`;
}

function settle({ run, index }: One): string {
  const place = `${run.migration.tag}:${index + 1}`;
  return `Look at the database, then run db:repair with --done ${place} where it took effect, or with --again ${place} where it did not.`;
}

function report({ run, index }: One): (action: string) => void {
  const { context, migration } = run;
  return (action) => context.onProgress({ kind: "recovery", tag: migration.tag, statement: index + 1, action });
}

function startedSql(one: One): string {
  const { run, statement, index } = one;
  const state: Progress["state"] = "started";
  const row = [literal(run.migration.hash), index, literal(run.migration.tag), literal(state)].join(", ");
  return (
    `${forgetSql(one)}; insert into environment.migration_progress (hash, statement, tag, state, statement_hash) ` +
    `values (${row}, '${statementHash(statement)}')`
  );
}

function forgetSql({ run, index }: One): string {
  return `delete from environment.migration_progress where tag = ${literal(run.migration.tag)} and statement = ${index}`;
}
