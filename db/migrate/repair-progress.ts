import type { Sql } from "postgres";
import { MigrationError } from "./errors.ts";
import { literal } from "./literal.ts";
import { locked } from "./under-lock.ts";

/**
 * Settles a statement of a no-transaction migration that an interruption left in doubt: `done` records it, `again` lets
 * the next run repeat it. `statement` counts from 1. Throws a MigrationError where that statement is not in doubt.
 */
export async function repairProgress(
  sql: Sql,
  options: { folder: string; tag: string; statement: number; state: "done" | "again"; lockWaitMs?: number },
): Promise<void> {
  const { tag, statement, state: wanted } = options;
  await locked(sql, options, async ({ session, state: { progress } }) => {
    const step = progress.find(
      (each) => each.tag === tag && each.statement === statement - 1 && each.state === "started",
    );
    if (!step) {
      throw new MigrationError(
        "interrupted",
        `Statement ${statement} of ${tag} is not in doubt: nothing was changed. See db:status.`,
        {
          details: { tag, statement },
        },
      );
    }
    const where = `where hash = ${literal(step.hash)} and statement = ${step.statement}`;
    const change =
      wanted === "done"
        ? `update environment.migration_progress set state = 'done', changed_at = now() ${where}`
        : `delete from environment.migration_progress ${where}`;
    await session.send(change);
  });
}
