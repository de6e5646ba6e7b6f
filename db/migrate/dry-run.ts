import type { PostgresError, Sql } from "postgres";
import { type ApplyOptions, settingsSql } from "./apply.ts";
import { commitError, isServerError, type MigrationError, statementError } from "./errors.ts";
import type { HeldSession } from "./held-session.ts";
import type { Migration } from "./journal.ts";
import { alignSql, missingTables, recordSql } from "./ledger.ts";
import { makePlan, refuse } from "./plan.ts";
import type { OnProgress } from "./progress.ts";
import { type Baseline, changesDefaults, freshSql, takeBackSql } from "./session-state.ts";
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
    await session.send(`begin; ${freshSql(state)}`);
    try {
      if (tables) await session.send(tables);
      if (state.rows.length > 0) await session.send(alignSql);
      for (const text of settingsSql(planned.settings)) await session.send(text);
      const baseline = { ...state, defaultsChange: changesDefaults(pending) };
      for (const migration of pending) await rehearse({ session, migration, options, baseline }, found);
    } finally {
      if (session.open) await session.send(takeBackSql(pending.map(({ sql }) => sql).join("\n")));
    }
    return found;
  });
}

type Rehearsal = {
  session: HeldSession;
  migration: Migration;
  options: ApplyOptions & { onProgress?: OnProgress };
  baseline: Baseline;
};

// What a commit checks. Then each constraint waits again as it is made to, for the next file.
const checkSql = `set constraints all immediate;
do $$ declare deferred text := (
  select pg_catalog.string_agg(distinct pg_catalog.format('%I.%I', n.nspname, c.conname), ', ')
  from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid = c.connamespace
  where c.condeferred and not pg_catalog.pg_is_other_temp_schema(n.oid) and pg_catalog.has_schema_privilege(n.oid, 'usage'));
begin if deferred is not null then execute 'set constraints ' || deferred || ' deferred'; end if; end $$`;

async function rehearse(rehearsal: Rehearsal, found: DryRun): Promise<void> {
  const { session, migration, options, baseline } = rehearsal;
  const { tag, sql, directives } = migration;
  if (!directives.transaction) {
    found.notTried.push({ tag, reason: "it runs outside transactions, so nothing could take it back" });
    return;
  }
  const limits = timeoutsFor(migration, options);
  const began = performance.now();
  await session.send(
    `savepoint migration; set local lock_timeout = ${limits.lockTimeoutMs}; set local statement_timeout = ${limits.statementTimeoutMs}`,
  );
  const failure = await tryStatements(rehearsal);
  if (failure) {
    const reason = reasonNotTried(failure, found);
    if (!reason) throw failure.explain();
    await session.send("rollback to savepoint migration");
    found.notTried.push({ tag, reason: `${reason} (${failure.at}: ${failure.error.code} ${failure.error.message})` });
    return;
  }
  await session.send(`${freshSql(baseline, sql)}; ${recordSql(migration)}; release savepoint migration`);
  found.tried.push({ tag, ms: performance.now() - began });
}

type Failure = { error: PostgresError; at: string; explain: () => MigrationError };

async function tryStatements({ session, migration, options }: Rehearsal): Promise<Failure | undefined> {
  const { tag, file, sql, statements } = migration;
  const total = statements.length;
  for (const [index, statement] of statements.entries()) {
    const before = performance.now();
    const error = await answerOf(session, statement.text);
    const explain = (cause: PostgresError) => () =>
      statementError({ tag, file, sql, statement, index, total }, cause, []);
    if (error) return { error, at: `statement ${index + 1}`, explain: explain(error) };
    options.onProgress?.({ kind: "statement", tag, statement: index + 1, total, ms: performance.now() - before });
  }
  const error = await answerOf(session, checkSql);
  return error && { error, at: "its deferred constraints", explain: () => commitError(migration, error, []) };
}

async function answerOf(session: HeldSession, text: string): Promise<PostgresError | undefined> {
  try {
    await session.run(text);
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    return error;
  }
}

function reasonNotTried({ error }: Failure, { notTried: [skipped] }: DryRun): string | undefined {
  // An enum value that an earlier file adds is usable in a real run, where that file is committed by then.
  if (error.code === "55P04") return "it uses an enum value that an earlier file adds";
  return skipped && `it may need ${skipped.tag}, which was not tried`;
}
