import type { PostgresError } from "postgres";
import { adviceFor, adviceForCommit } from "./advice.ts";
import type { Statement } from "./statement-list.ts";

/** Why a run stopped. Each is one situation with one way out. */
export type MigrationErrorCode =
  | "journal"
  | "edited"
  | "deleted"
  | "unknown"
  | "out-of-order"
  | "settings"
  | "connection"
  | "ledger"
  | "lock-timeout"
  | "connection-lost"
  | "transaction-pooler"
  | "statement"
  | "interrupted"
  | "unsupported";

/** Where in which file an error happened, and what the server said. All values are safe to print. */
export type MigrationErrorDetails = {
  tag?: string;
  file?: string;
  /** One-based. */
  line?: number;
  /** One-based, in characters. */
  column?: number;
  /** One-based number of the statement in its file, and how many there are. */
  statement?: number;
  total?: number;
  sqlstate?: string;
  detail?: string;
  hint?: string;
  where?: string;
  /** Tags applied and recorded before the failure. */
  applied?: string[];
};

/** The error every function of the runner throws: what was attempted, what was answered, and what to do next. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: MigrationErrorCode;
  readonly details: MigrationErrorDetails;

  constructor(
    code: MigrationErrorCode,
    message: string,
    options: { details?: MigrationErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** For `--json`. */
  toJSON(): { name: string; code: MigrationErrorCode; message: string } & MigrationErrorDetails {
    return { name: this.name, code: this.code, message: this.message, ...this.details };
  }
}

/** A statement that failed, in its file. */
export type FailedStatement = {
  tag: string;
  file: string;
  sql: string;
  statement: Statement;
  index: number;
  total: number;
  /** Set for a no-transaction migration: how many of its statements are done and recorded. */
  kept?: number;
  /** Set where the failed statement itself may have left something: what that is, and what to do about it. */
  left?: string;
};

/** True for what the server answered with, which carries a SQLSTATE; false for a broken connection. */
export function isServerError(error: unknown): error is PostgresError {
  return error instanceof Error && error.name === "PostgresError";
}

/** Puts the server's answer below the statement, with a caret where the server gave a position. */
export function statementError(failed: FailedStatement, cause: PostgresError, applied: string[]): MigrationError {
  const position = Number(cause.position ?? 0);
  const offset = failed.statement.start + (position > 0 ? unitsOf(failed.statement.text, position - 1) : 0);
  const { line, column, text } = locate(failed.sql, offset);
  const shown = text.length > 160 ? excerpt(text, column) : { text, column };
  const lines = [
    `Migration ${failed.tag}: statement ${failed.index + 1} of ${failed.total} failed with SQLSTATE ${cause.code}: ${cause.message}`,
    `  at ${failed.file}:${line}:${column}`,
    `  ${shown.text}`,
    position > 0 ? `  ${" ".repeat(shown.column - 1)}^` : undefined,
    ...answered(cause),
    nextStep(failed, cause, applied),
  ];
  return new MigrationError("statement", lines.filter((part) => part !== undefined).join("\n"), {
    details: {
      tag: failed.tag,
      file: failed.file,
      line,
      column,
      statement: failed.index + 1,
      total: failed.total,
      sqlstate: cause.code,
      ...said(cause),
      applied,
    },
    cause,
  });
}

/**
 * The error for a migration whose statements ran and that then could not be recorded and committed: its deferred
 * constraints are checked there, and only those are the file's affair.
 */
export function commitError(
  { tag, file }: { tag: string; file: string },
  cause: PostgresError,
  applied: string[],
): MigrationError {
  const lines = [
    `Migration ${tag}: its statements ran, and recording and committing it failed with SQLSTATE ${cause.code}: ${cause.message}`,
    ...answered(cause),
    `It left nothing behind.${stays(applied)} ${adviceForCommit(cause, file)}`,
  ];
  return new MigrationError("statement", lines.join("\n"), {
    details: { tag, file, sqlstate: cause.code, ...said(cause), applied },
    cause,
  });
}

function answered(cause: PostgresError): string[] {
  return Object.entries(said(cause)).map(([name, text]) => `  ${name}: ${text}`);
}

function said({ detail, hint, where }: PostgresError): { detail?: string; hint?: string; where?: string } {
  return { ...(detail ? { detail } : {}), ...(hint ? { hint } : {}), ...(where ? { where } : {}) };
}

function stays(applied: string[]): string {
  if (applied.length === 0) return "";
  return ` ${applied.length} earlier ${applied.length === 1 ? "one" : "ones"} of this run stay applied.`;
}

function nextStep({ file, kept, left: remains }: FailedStatement, cause: PostgresError, applied: string[]): string {
  const left =
    kept === undefined ? "left nothing behind" : `has ${kept} of its statements done, and the next run resumes here`;
  return `This migration ${left}.${stays(applied)}${remains ? ` ${remains}` : ""} ${adviceFor(cause, file)}`;
}

// The server counts characters; JavaScript counts UTF-16 units.
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let left = characters; left > 0 && units < text.length; left--) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

/** Line and column (from 1) of an offset, and the text of that line. */
export function locate(sql: string, offset: number): { line: number; column: number; text: string } {
  // A bare carriage return ends a line as well: for Postgres it ends a comment.
  const lines = sql.slice(0, offset).split(/\r\n|\n|\r(?!\n)/);
  const before = offset - (lines.at(-1)?.length ?? 0);
  const after = /[\r\n]/.exec(sql.slice(offset));
  const text = sql.slice(before, after ? offset + after.index : sql.length);
  return { line: lines.length, column: [...sql.slice(before, offset)].length + 1, text: text.replaceAll("\t", " ") };
}

function excerpt(text: string, column: number): { text: string; column: number } {
  const from = Math.max(0, column - 80);
  return { text: text.slice(from, from + 160), column: column - from };
}
