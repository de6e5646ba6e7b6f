import type { ReservedSql, Sql } from "postgres";
import { answerOf } from "../connection/explain.ts";
import { identifier } from "../identifier.ts";
import { causeOf } from "./cause.ts";
import type { Cause } from "./unreached.ts";

export const READABLE = "ok";

/** Runs work on a session of its own in the subscriber's database, closed afterwards. */
export type Fresh = <Result>(work: (sql: Sql) => Promise<Result>) => Promise<Result>;

/** Why some tables cannot be read. Holds no secret. */
export interface ReadFailure {
  readonly tables: readonly string[];
  /** SQLSTATE. */
  readonly code: string;
  /** What was answered, in one line. */
  readonly said: string;
  readonly cause: string;
  readonly next: string;
}

/** What one role can read. */
export interface RoleProbe {
  readonly role: string;
  /** None where it reads every column of every table. */
  readonly failures: readonly ReadFailure[];
  /** Tables without a row, as this role sees them; known only where nothing fails. */
  readonly empty: readonly string[];
}

/**
 * Reads every column of one row of each table as each role, each on a backend of its own: a warm connection would hide
 * a password that no longer holds, and `count(*)` a column that is gone. Takes `timeoutSeconds` per table at most, and
 * ends with the first failure that every table would share. Throws only where the subscriber's own database fails.
 */
export function probeRoles(options: {
  fresh: Fresh;
  roles: readonly string[];
  schema: string;
  tables: readonly string[];
  timeoutSeconds: number;
  /** Ranges the publisher's network restrictions admit; none or undefined where nothing is known of any. */
  allowedFrom?: readonly string[] | undefined;
}): Promise<RoleProbe[]> {
  const { fresh, roles } = options;
  return Promise.all(roles.map((role) => fresh((sql) => probeAs(sql, { ...options, role }))));
}

interface Probe {
  role: string;
  schema: string;
  tables: readonly string[];
  timeoutSeconds: number;
  allowedFrom?: readonly string[] | undefined;
}

async function probeAs(pool: Sql, probe: Probe): Promise<RoleProbe> {
  const sql = await pool.reserve();
  try {
    return await probeOn(sql, probe);
  } finally {
    // Kept, it would hold up the end of the pool until that gives up.
    sql.release();
  }
}

async function probeOn(sql: ReservedSql, probe: Probe): Promise<RoleProbe> {
  // Outside what is judged: that this database cannot be reached is another failure.
  await sql`select 1`;
  const { role, schema, tables, timeoutSeconds } = probe;
  const begin = `begin transaction read only;
    set local statement_timeout = ${Math.round(timeoutSeconds * 1000)}; set local role ${identifier(role)};`;
  const reads = tables.map((table) => `select * from ${identifier(schema)}.${identifier(table)} limit 1;`);
  try {
    await sql.unsafe(begin);
    const answers: readonly (readonly unknown[])[] = await sql.unsafe(`${reads.join("\n")} rollback`);
    return { role, failures: [], empty: tables.filter((_, index) => answers[index]?.length === 0) };
  } catch (error) {
    // A lost session has rolled back.
    await sql.unsafe("rollback").catch(() => undefined);
    if (isShared(error)) return { role, failures: [failureOf(error, tables, probe.allowedFrom)], empty: [] };
  }
  await sql.unsafe(begin);
  try {
    return { role, failures: await probeEach(sql, reads, probe), empty: [] };
  } finally {
    await sql.unsafe("rollback").catch(() => undefined);
  }
}

/** One table after the other, so that each that fails is named. */
async function probeEach(sql: ReservedSql, reads: readonly string[], probe: Probe): Promise<ReadFailure[]> {
  const found = new Map<string, ReadFailure>();
  for (const [index, read] of reads.entries()) {
    const table = probe.tables[index] ?? "";
    try {
      await sql.unsafe(`savepoint one_table; ${read} release savepoint one_table`);
    } catch (error) {
      const failure = failureOf(error, [table], probe.allowedFrom);
      const alike = found.get(failure.said);
      found.set(failure.said, { ...failure, tables: [...(alike?.tables ?? []), table] });
      if (isShared(error)) break;
      await sql.unsafe("rollback to savepoint one_table");
    }
  }
  return [...found.values()];
}

function isShared(error: unknown): boolean {
  const answer = answerOf(error);
  return answer === undefined || causeOf(answer)?.unreached === true;
}

/** A failure between two databases, with its cause and the next step. */
export function failureOf(error: unknown, tables: readonly string[], allowedFrom: readonly string[] = []): ReadFailure {
  const answer = answerOf(error);
  if (!answer) {
    const said = error instanceof Error ? error.message : String(error);
    return { tables, code: "", said, cause: "the session failed", next: "run it again" };
  }
  const cause: Cause | undefined = causeOf(answer);
  // libpq adds advice for people who sit at the server.
  const detail = answer.detail.split("\n")[0];
  const restricted = cause?.restrictable && allowedFrom.length > 0;
  return {
    tables,
    code: answer.code,
    said: `SQLSTATE ${answer.code}: ${answer.message}${detail ? ` (${detail})` : ""}`,
    cause: cause?.cause ?? "another failure than those known between two databases",
    next: restricted
      ? `network restrictions of the publisher admit only ${allowedFrom.join(", ")}: have this database's address added there`
      : (cause?.next ?? (answer.hint || "correct what is named, then run it again")),
  };
}

/** The same error; where network restrictions may be behind it, its hint names whom they admit. */
export function withRestrictions(error: unknown, allowedFrom: readonly string[]): unknown {
  const answer = answerOf(error);
  if (!answer || allowedFrom.length === 0 || !causeOf(answer)?.restrictable) return error;
  return Object.assign(error as Error, { hint: failureOf(error, [], allowedFrom).next });
}

/** One line for a failure: what was answered, the cause, the next step. */
export function inOneLine({ said, cause, next }: ReadFailure): string {
  return `${said}: ${cause}; next: ${next}`;
}

/** Why a role cannot read a catalog, in one line; `ok` where it can. */
export function answerOfProbe({ failures }: RoleProbe, count: number): string {
  if (failures.length === 0) return READABLE;
  return failures
    .map((failure) => (failure.tables.length === count ? "" : `${failure.tables.join(", ")}: `) + inOneLine(failure))
    .join("; ");
}
