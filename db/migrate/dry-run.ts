import type { Sql } from "postgres";
import { type ApplyOptions, settingsSql } from "./apply.ts";
import { isServerError, statementError } from "./errors.ts";
import type { Migration } from "./journal.ts";
import { missingTables, recordSql } from "./ledger.ts";
import { literal } from "./literal.ts";
import { makePlan, refuse } from "./plan.ts";
import type { OnProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { timeoutsFor } from "./timeouts.ts";
import { locked } from "./under-lock.ts";

/** What a rehearsal found. */
export type DryRun = {
  /** Ran without an error, with durations in milliseconds. */
  tried: { tag: string; ms: number }[];
  /** Could not be tried, each with the reason. */
  notTried: { tag: string; reason: string }[];
};

/**
 * Really runs the pending migrations, in one transaction, and rolls it back. Throws a MigrationError for the first that
 * fails. Locks are taken as in a real run, with its lock time-out, and held to the end of the rehearsal.
 */
export async function dryRun(sql: Sql, options: ApplyOptions): Promise<DryRun> {
  return locked(sql, options, async ({ session, state, journal }) => {
    const planned = makePlan(journal, state, options);
    refuse(planned);
    const tags = new Set(planned.pending.map(({ tag }) => tag));
    const pending = journal.migrations.filter(({ tag }) => tags.has(tag));
    const found: DryRun = { tried: [], notTried: [] };
    const tables = missingTables(state.exists, { settings: planned.settings.length > 0 });
    await session.send("begin");
    try {
      if (tables) await session.send(tables);
      for (const text of settingsSql(planned.settings)) await session.send(text);
      for (const migration of pending)
        await rehearse({ session, migration, options, searchPath: state.searchPath }, found);
    } finally {
      if (session.open) await session.send("rollback");
    }
    return found;
  });
}

type Rehearsal = {
  session: Session;
  migration: Migration;
  options: ApplyOptions & { onProgress?: OnProgress };
  searchPath: string;
};

async function rehearse(rehearsal: Rehearsal, found: DryRun): Promise<void> {
  const { session, migration, options, searchPath } = rehearsal;
  const { tag, file, sql, statements, directives } = migration;
  const skipped = found.notTried[0]?.tag;
  if (!directives.transaction) {
    found.notTried.push({ tag, reason: "it runs outside transactions, so nothing could take it back" });
    return;
  }
  const limits = timeoutsFor(migration, options);
  const began = performance.now();
  await session.send(
    `savepoint migration; set local lock_timeout = ${limits.lockTimeoutMs}; set local statement_timeout = ${limits.statementTimeoutMs}; ` +
      `select pg_catalog.set_config('search_path', ${literal(searchPath)}, true)`,
  );
  for (const [index, statement] of statements.entries()) {
    const before = performance.now();
    try {
      await session.send(statement.text);
    } catch (error) {
      if (!isServerError(error)) throw error;
      // An enum value that an earlier file adds is usable in a real run, where that file is committed by then.
      const reason =
        error.code === "55P04"
          ? "it uses an enum value that an earlier file adds"
          : skipped && `it may need ${skipped}, which was not tried`;
      if (!reason) throw statementError({ tag, file, sql, statement, index, total: statements.length }, error, []);
      await session.send("rollback to savepoint migration");
      found.notTried.push({ tag, reason: `${reason} (statement ${index + 1}: ${error.code} ${error.message})` });
      return;
    }
    options.onProgress?.({
      kind: "statement",
      tag,
      statement: index + 1,
      total: statements.length,
      ms: performance.now() - before,
    });
  }
  await session.send(`${recordSql(migration)}; release savepoint migration`);
  found.tried.push({ tag, ms: performance.now() - began });
}
