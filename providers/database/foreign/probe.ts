import type { Sql } from "postgres";
import type { Database } from "../database.ts";
import { answerOf, foreignStep } from "../explain.ts";
import { identifier } from "../identifier.ts";

export const READABLE = "ok";

const STEPS: Record<string, string> = {
  "42501": "the privilege is missing, here or for the reader on the publisher: run `up` there, then here",
  "42703": "the publisher dropped or renamed a column: run `up` here",
  "42P01": "the publisher lacks the table: run its migrations",
  "42704": "the role has no mapping: run `up` here",
  "22P02": "a value does not fit the column's type here: run `up` here",
  "57014": "no answer in time: is the publisher reachable and not overloaded?",
};

/**
 * Reads every column of one row of each table as each role, each on a backend of its own: a warm connection would hide
 * a password that no longer holds. Answers per role `ok`, or SQLSTATE, what was said and the next step.
 */
export async function probe(options: {
  database: Database;
  signal: AbortSignal;
  roles: readonly string[];
  schema: string;
  tables: readonly string[];
  timeoutSeconds: number;
}): Promise<Record<string, string>> {
  const { database, signal, roles, schema, tables, timeoutSeconds } = options;
  const reads = tables.map((table) => `select * from ${identifier(schema)}.${identifier(table)} limit 1;`).join("\n");
  const answers = roles.map((role) =>
    database.fresh((sql) => probeAs(sql, role, reads), { signal, statementTimeoutMs: timeoutSeconds * 1000 }),
  );
  const results = await Promise.all(answers);
  return Object.fromEntries(roles.map((role, index) => [role, results[index] ?? "no answer"]));
}

async function probeAs(sql: Sql, role: string, reads: string): Promise<string> {
  // Outside what is judged: that this database cannot be reached is another failure.
  await sql`select 1`;
  try {
    await sql.unsafe(`begin transaction read only; set local role ${identifier(role)}; ${reads} rollback`);
    return READABLE;
  } catch (error) {
    return describe(error);
  }
}

/** What one database said about another, in one line: SQLSTATE, message and next step. Holds no secret. */
export function describe(error: unknown): string {
  const answer = answerOf(error);
  if (!answer) return error instanceof Error ? error.message : String(error);
  const step = foreignStep(answer) ?? (answer.hint || STEPS[answer.code]);
  const detail = answer.detail && !answer.detail.includes("\n") ? ` (${answer.detail})` : "";
  return `SQLSTATE ${answer.code}: ${answer.message}${detail}${step ? `; next: ${step}` : ""}`;
}
