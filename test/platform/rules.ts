import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { root } from "../support/run.ts";

/** One statement that was run as `postgres` on a fresh project; facts/README.md says how. */
export interface Rule {
  readonly area: string;
  readonly setup?: readonly string[];
  readonly statement: string;
  readonly outcome: "allowed" | "refused";
  readonly sqlstate?: string;
  readonly case?: string;
}

/** How a rule ended here, where it is not as the facts say. */
export interface Difference {
  readonly statement: string;
  /** `allowed`, or the SQLSTATE. */
  readonly there: string;
  readonly here: string;
}

/** The facts of the platform, as committed. */
export const facts: { readonly rules: { readonly list: readonly Rule[] } } = JSON.parse(
  readFileSync(join(root, "facts/platform-facts.json"), "utf8"),
);

// These end the transaction they run in or refuse one.
const alone = /^(create|drop) database|^alter system|^vacuum|^create tablespace|^(create|drop) subscription/i;

/**
 * Runs every rule as the facts were made: setup, then the statement, as `postgres`, in a transaction that is rolled back.
 * @param sql of a single connection
 */
export async function replayRules(sql: Sql, rules: readonly Rule[]): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const rule of rules) {
    const here = await endOf(sql, rule);
    const there = rule.outcome === "allowed" ? "allowed" : (rule.sqlstate ?? "refused");
    if (here !== there) differences.push({ statement: rule.statement, there, here });
  }
  return differences;
}

async function endOf(session: Sql, { setup = [], statement }: Rule): Promise<string> {
  const outside = alone.test(statement);
  try {
    if (!outside) await session.unsafe("begin");
    for (const text of setup) {
      const failed = await session.unsafe(text).then(
        () => undefined,
        (error: Error) => `setup ${codeOf(error)}`,
      );
      if (failed) return failed;
    }
    return await session.unsafe(statement).then(() => "allowed", codeOf);
  } finally {
    if (!outside) await session.unsafe("rollback").catch(() => undefined);
    await session.unsafe("reset all").catch(() => undefined);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
