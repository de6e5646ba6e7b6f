import type { Sql, TransactionSql } from "postgres";
import type { Finding } from "./finding.ts";

/** Findings that the statements they carry put right, in an order that may still have to be found. */
export function byStatements(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ repair, accepted }) => !accepted && repair.how === "sql" && (repair.sql ?? []).length > 0);
}

/** Seconds a repair waits for a lock, so that it does not hold up those who wait behind it. */
const LOCK_SECONDS = 5;

/**
 * Runs the statements of all of them in one transaction, each finding's in their order; one that needs another first is
 * tried again behind it. @returns the findings in the order that worked. @throws what the database answered when none
 * of the rest works; nothing is changed then.
 */
export async function runStatements(sql: Sql, findings: readonly Finding[]): Promise<Finding[]> {
  const done: Finding[] = [];
  await sql.begin(async (transaction) => {
    await transaction`select set_config('lock_timeout', ${`${LOCK_SECONDS}s`}, true)`;
    let waiting = byStatements(findings);
    while (waiting.length > 0) {
      const failed: { finding: Finding; error: unknown }[] = [];
      for (const finding of waiting) {
        const error = await tried(transaction, finding.repair.sql ?? []);
        if (error === undefined) done.push(finding);
        else failed.push({ finding, error });
      }
      if (failed.length === waiting.length) throw failed[0]?.error;
      waiting = failed.map(({ finding }) => finding);
    }
  });
  return done;
}

async function tried(transaction: TransactionSql, statements: readonly string[]): Promise<unknown> {
  try {
    await transaction.savepoint(async (step) => {
      for (const statement of statements) await step.unsafe(statement);
    });
    return undefined;
  } catch (error) {
    return error;
  }
}
