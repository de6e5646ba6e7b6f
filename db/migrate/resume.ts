import { hash } from "node:crypto";
import { locate } from "./errors.ts";
import type { Journal, Migration } from "./journal.ts";
import type { Progress } from "./ledger.ts";
import { lostWithSession } from "./no-transaction/left-in-session.ts";
import type { Statement } from "./statement-list.ts";

/** What tells a statement of a no-transaction file from another: sha256 of its text, whatever its line ends are. */
export function statementHash({ text }: Statement): string {
  return hash("sha256", text.replaceAll("\r\n", "\n"));
}

/** What is recorded of half-done files, and the files it may be about. */
export type Recorded = { journal: Journal; pending: readonly Migration[]; progress: Progress[] };

/**
 * What was recorded of one migration. A file that was renamed keeps what it did, also where it was edited: it is told by the
 * finished statements that still stand where they did.
 */
export function stepsOf(migration: Migration, recorded: Recorded): Progress[] {
  const { progress } = recorded;
  const own = progress.filter(({ tag }) => tag === migration.tag);
  if (own.length > 0 || progress.length === 0) return own;
  const heirs = new Map(strayTags(recorded).map((tag) => [tag, heirOf(tag, recorded)]));
  return progress.filter(({ tag }) => heirs.get(tag) === migration);
}

/** Why nothing new runs while the file of half-done statements is not found; undefined where none is. */
export function strayProblem(recorded: Recorded): string | undefined {
  const { pending, progress } = recorded;
  const [tag] = strayTags(recorded).filter((each) => heirOf(each, recorded) === undefined);
  const mayBe = pending.filter(
    ({ tag: name, directives }) => !directives.transaction && !progress.some((step) => step.tag === name),
  );
  const done = progress
    .filter((step) => step.tag === tag && step.state === "done")
    .map(({ statement }) => statement + 1);
  if (tag === undefined || done.length === 0 || mayBe.length === 0) return undefined;
  return (
    `${tag} is half done (statements ${done.join(", ")}), and no file has this name or these statements: if it is ` +
    `${mayBe.map(({ file }) => file).join(" or ")} now, its finished statements would run again. Restore it, or run db:repair with ` +
    `${done.map((number) => `--again ${tag}:${number}`).join(" ")} to forget what it did.`
  );
}

function strayTags({ journal, progress }: Recorded): string[] {
  const known = new Set(journal.migrations.map(({ tag }) => tag));
  return [...new Set(progress.map(({ tag }) => tag))].filter((tag) => !known.has(tag));
}

/** The file that half-done statements of another name are now in. */
function heirOf(stray: string, { pending, progress }: Recorded): Migration | undefined {
  const steps = progress.filter(({ tag }) => tag === stray);
  const same = pending.find(({ hash: file }) => steps.some((step) => step.hash === file));
  if (same) return same;
  const taken = new Set(progress.map(({ tag }) => tag));
  const done = steps.filter((step) => step.state === "done" && step.statementHash !== undefined);
  const standing = (each: Migration): number => done.filter((step) => !isEdited(step, each)).length;
  const likely = pending
    .filter((each) => !taken.has(each.tag) && !each.directives.transaction)
    .map((migration) => ({ migration, standing: standing(migration) }))
    .filter((each) => each.standing > 0);
  return likely.sort((one, other) => other.standing - one.standing)[0]?.migration;
}

/** True where the file now says something else than what was recorded. */
export function isEdited(step: Progress, { hash: file, statements }: Migration): boolean {
  const statement = statements.at(step.statement);
  if (!statement) return true;
  // Earlier versions of this runner recorded the whole file only.
  return step.statementHash === undefined ? step.hash !== file : step.statementHash !== statementHash(statement);
}

/** Why a half-done file cannot be resumed; undefined where it can. */
export function resumeProblem(migration: Migration, steps: Progress[]): string | undefined {
  const { tag, file, sql, statements, directives } = migration;
  if (steps.length === 0) return undefined;
  const done = steps.filter(({ state }) => state === "done");
  if (directives.transaction) {
    return (
      `${tag} has ${done.length} of its statements done, one by one: in a transaction they would run again. ` +
      `Put \`-- migrate: no-transaction\` back into ${file}.`
    );
  }
  const edited = done.find((step) => isEdited(step, migration));
  if (!edited) return lostProblem(migration, done);
  const number = edited.statement + 1;
  const now = statements.at(edited.statement);
  const place = now ? `${file}:${locate(sql, now.start).line}` : file;
  return (
    `${tag}: statement ${number} is done, and ${place} now says something else there. Restore it and put the change behind ` +
    `the finished ones, or run db:repair with --done ${tag}:${number} where the database is as the file says, or with ` +
    `--again ${tag}:${number} to have it run.`
  );
}

function lostProblem(migration: Migration, done: readonly Progress[]): string | undefined {
  const { tag, file, sql, statements } = migration;
  const lost = lostWithSession(migration, done);
  const [step] = lost.values();
  if (!step) return undefined;
  const names = [...lost].filter(([, by]) => by === step).map(([name]) => name);
  const number = step.statement + 1;
  const line = locate(sql, statements.at(step.statement)?.start ?? 0).line;
  return (
    `${tag}: statement ${number} (${file}:${line}) is done and left in its session, which is gone: ${names.join(", ")}. ` +
    `Run db:repair with --again ${tag}:${number} to have that statement run again, or with --done ${tag}:${number} to go on without.`
  );
}
