import type { PostgresError } from "postgres";
import { locate, MigrationError, statementError } from "../errors.ts";
import type { Migration } from "../journal.ts";
import { switchedBackend } from "../pooler-check.ts";
import type { RunContext } from "../run.ts";
import { type FailedOne, type FileRun, unmarked } from "./file-run.ts";
import { roleChanged } from "./watch.ts";

/** The error of a statement that failed, or of the session it was sent over. */
export function explain({ context, migration, done }: FileRun, { index, error, left }: FailedOne): MigrationError {
  if (error.code === "42704" && error.message.includes(unmarked)) return switchedBackend(context.sql);
  if (error.message.includes(roleChanged)) return roleError(context, migration, index);
  const { tag, file, sql, statements } = migration;
  const statement = statements.at(index);
  if (!statement) throw error;
  const kept = done.filter((each) => each).length;
  const total = statements.length;
  const failed = { tag, file, sql, statement, index, total, kept, ...(left ? { left } : {}) };
  return statementError(failed, error, [...context.applied]);
}

function roleError({ applied }: RunContext, { tag, file, sql, statements }: Migration, index: number): MigrationError {
  const number = index + 1;
  const { line } = locate(sql, statements.at(index)?.start ?? 0);
  return new MigrationError(
    "statement",
    `Migration ${tag}: statement ${number} of ${statements.length} (${file}:${line}) took another role for the session inside what it calls. ` +
      "It is done and recorded; nothing behind it ran, because a resumed run would go on as somebody else. Write SET ROLE as a " +
      `statement of its own behind it, and run db:repair with --done ${tag}:${number}.`,
    { details: { tag, file, line, statement: number, total: statements.length, applied: [...applied] } },
  );
}

/** The error where the session could not be made what the finished statements had made it. */
export function resumeFailed({ context, migration, settings }: FileRun, error: PostgresError): MigrationError {
  const { tag, file } = migration;
  return new MigrationError(
    "statement",
    `Migration ${tag} (${file}): before its first statement, setting the session as its finished statements did ` +
      `(${settings.join("; ") || "none did"}) failed with SQLSTATE ${error.code}: ${error.message}. Nothing was changed. ` +
      "Make these settings possible again and run again.",
    { details: { tag, file, sqlstate: error.code, applied: [...context.applied] }, cause: error },
  );
}
