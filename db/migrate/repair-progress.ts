import type { Sql } from "postgres";
import { literal } from "../connection/literal.ts";
import { MigrationError } from "./errors.ts";
import type { Migration } from "./journal.ts";
import { type Progress, progressColumnDdl } from "./ledger.ts";
import { lostWithSession } from "./no-transaction/left-in-session.ts";
import { isEdited, statementHash, stepsOf } from "./resume.ts";
import { locked } from "./under-lock.ts";

/**
 * Settles a statement of a no-transaction migration that an interruption left in doubt, or that was edited after it was
 * done: `done` records it as the file has it now, `again` lets the next run repeat it. `statement` counts from 1. Throws a
 * MigrationError where that statement is neither.
 */
export async function repairProgress(
  sql: Sql,
  options: { folder: string; tag: string; statement: number; state: "done" | "again"; lockWaitMs?: number },
): Promise<void> {
  const { tag, statement, state: wanted } = options;
  await locked(sql, options, async ({ session, journal, state: { progress, rows } }) => {
    const pending = journal.migrations.filter((each) => !rows.some((row) => row.hash === each.hash));
    const migration = journal.migrations.find((each) => each.tag === tag);
    const text = statement > 0 ? migration?.statements.at(statement - 1) : undefined;
    // What a file did that is no more can be forgotten.
    const steps = migration
      ? stepsOf(migration, { journal, pending, progress })
      : progress.filter((each) => each.tag === tag);
    const step = steps.find((each) => each.statement === statement - 1);
    const settled = migration ? step && isSettled(step, steps, migration) : wanted === "done";
    if (!step || settled) {
      throw new MigrationError(
        "interrupted",
        `Statement ${statement} of ${tag} is neither in doubt nor edited, and left nothing in a session that is gone: nothing was changed. See db:status.`,
        {
          details: { tag, statement },
        },
      );
    }
    const where = `where hash = ${literal(step.hash)} and statement = ${step.statement}`;
    const own = text ? literal(statementHash(text)) : "null";
    const change =
      wanted === "done" && text
        ? `update environment.migration_progress set state = 'done', statement_hash = ${own}, session = ${settingsSql}, changed_at = now() ${where}`
        : `delete from environment.migration_progress ${where}`;
    await session.send(`set local client_min_messages = warning; ${progressColumnDdl}; ${change}`);
  });
}

// Settings are made again on resume; what else it left is gone with its session.
const settingsSql =
  "case pg_catalog.jsonb_typeof(session) when 'object' then (select pg_catalog.jsonb_object_agg(key, value) " +
  "from pg_catalog.jsonb_each(session) where key like 'set %') end";

function isSettled(step: Progress, steps: Progress[], migration: Migration): boolean {
  const left = [...lostWithSession(migration, steps).values()].includes(step);
  return step.state === "done" && !isEdited(step, migration) && !left;
}
