import { hash } from "node:crypto";
import { locate } from "./errors.ts";
import type { Journal, Migration } from "./journal.ts";
import type { Progress } from "./ledger.ts";
import { isPlainSetConfig } from "./session-problems.ts";
import type { Statement } from "./statement-list.ts";

/** What tells a statement of a no-transaction file from another: sha256 of its text, whatever its line ends are. */
export function statementHash({ text }: Statement): string {
  return hash("sha256", text.replaceAll("\r\n", "\n"));
}

/** What was recorded of one migration. A file that was renamed, and is otherwise the same, keeps what it did. */
export function stepsOf(migration: Migration, { migrations }: Journal, progress: Progress[]): Progress[] {
  if (progress.length === 0) return [];
  const tags = new Set(migrations.map(({ tag }) => tag));
  return progress.filter(({ tag, hash: file }) => tag === migration.tag || (file === migration.hash && !tags.has(tag)));
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
  if (!edited) return undefined;
  const number = edited.statement + 1;
  const now = statements.at(edited.statement);
  const place = now ? `${file}:${locate(sql, now.start).line}` : file;
  return (
    `${tag}: statement ${number} is done, and ${place} now says something else there. Restore it and put the change behind ` +
    `the finished ones, or run db:repair with --done ${tag}:${number} where the database is as the file says, or with ` +
    `--again ${tag}:${number} to have it run.`
  );
}

/** The statements of a unit that change the session for those behind it. */
export function settingsOf(unit: Statement): string[] {
  const parts = unit.group ? [...unit.group] : [unit];
  return parts.filter(isSetting).map(({ text }) => text);
}

function isSetting({ words, text }: Statement): boolean {
  const [first = "", second = ""] = words;
  if (first === "SET") return second !== "LOCAL" && second !== "CONSTRAINTS" && second !== "TRANSACTION";
  return first === "RESET" || first === "LOAD" || (first === "SELECT" && isPlainSetConfig(text));
}

/** Of settings in their order, those that say who the session is. */
export function identityOf(settings: readonly string[]): string[] {
  const last = (pattern: RegExp): number => settings.findLastIndex((text) => pattern.test(text));
  const authorization = last(/^\s*(?:re)?set\s+(?:session\s+)?session\s+authorization\b/i);
  const role = last(/^\s*(?:re)?set\s+(?:session\s+)?role\b/i);
  // SET SESSION AUTHORIZATION ends a SET ROLE before it.
  return [authorization, role].filter((at) => at >= 0 && at >= authorization).map((at) => settings[at] ?? "");
}

/** True for RESET ALL, which would take the run's own settings back as well. */
export function resetsAll({ words }: Statement): boolean {
  return words[0] === "RESET" && words[1] === "ALL";
}
