import type { Sql } from "postgres";
import { literal } from "../connection/literal.ts";
import { beginAgain, resetsDefaults } from "./beginnings.ts";
import { explained, ofTransition } from "./failure.ts";
import { holdSession } from "./held-session.ts";
import { type Journal, type Migration, readJournalInTurns } from "./journal.ts";
import { alignSql, missingTables, rehashSql } from "./ledger.ts";
import { runWithoutTransaction } from "./no-transaction/no-transaction.ts";
import { makePlan, refuse } from "./plan.ts";
import type { Plan, PlanOptions } from "./planned.ts";
import type { OnProgress } from "./progress.ts";
import { stepsOf } from "./resume.ts";
import { markSql, type RunContext, relaxed, runInTransactions } from "./run.ts";
import { changesDefaults, freshSql } from "./session-state.ts";
import type { SettingChange } from "./settings.ts";
import { withSmallHeap } from "./small-heap.ts";
import { readState, type Sender } from "./state.ts";
import type { Timeouts } from "./timeouts.ts";
import { type Rebuild, type Transition, transitionSql } from "./transition.ts";
import { locked, type UnderLock } from "./under-lock.ts";

export type ApplyOptions = PlanOptions &
  Timeouts & {
    /** Drizzle's migrations folder, the one with `meta/_journal.json`. */
    folder: string;
    /** How long to wait for another run to end. Default 60000 ms. */
    lockWaitMs?: number;
    onProgress?: OnProgress;
    /** Stop after the migration of this tag. Default: apply all that are pending. */
    through?: string;
    /** Makes a change of a setting that migrations ran under possible. */
    transition?: Transition;
  };

/** What a run did. */
export type ApplyResult = {
  /** Applied in this run, in order, with durations in milliseconds. */
  applied: { tag: string; hash: string; statements: number; ms: number }[];
  /** How many the ledger held before. */
  alreadyApplied: number;
  /** Tags of `applied` that Drizzle's own migrator would have skipped. */
  outOfOrder: string[];
  settings: SettingChange[];
  /** Tags whose edited file was recorded. */
  acceptedEdits: string[];
};

/** Reads what a run would do. Takes no lock and changes nothing. Throws a MigrationError for an unreadable folder. */
export async function plan(sql: Sql, options: PlanOptions & { folder: string }): Promise<Plan> {
  return explained(sql, async () => {
    const session = await holdSession(sql);
    try {
      return await planOver(session, options);
    } finally {
      await session.close();
    }
  });
}

/** The same over anything that sends one query and returns its rows: a plan holds on to no session. */
export async function planOver(over: Sender, options: PlanOptions & { folder: string }): Promise<Plan> {
  const [state, journal] = await Promise.all([readState(over), readJournalInTurns(options.folder)]);
  return makePlan(journal, state, options);
}

/**
 * Applies every pending migration, each exactly once, also where others try at the same time. Settings are stored before the
 * first. Throws a MigrationError; what was applied before the failure stays applied and recorded. Settings,
 * temporary objects and the like of the connection are reset with each migration; its search_path and role stay.
 */
export async function apply(sql: Sql, options: ApplyOptions): Promise<ApplyResult> {
  return withSmallHeap(() => locked(sql, options, (held) => run(sql, held, options), settledResult));
}

async function run(sql: Sql, held: UnderLock, options: ApplyOptions): Promise<ApplyResult> {
  const { session, lock, state, journal } = held;
  const planned = makePlan(journal, state, { ...options, allowSettingChange: allowed(options) });
  refuse(planned);
  const { settings, applied } = planned;
  const rebuild = transitionSql(options.transition, { changes: settings, applied }, journal);
  const changes = planned.pending.length > 0 || planned.settings.length > 0 || planned.edited.length > 0;
  // Not waited for: what follows on this connection demands the mark that `enter` sets, and fails inside a transaction
  // that failed.
  const sent = changes || !state.exists.ledger ? prepare(held, planned, rebuild) : undefined;
  const ahead = rebuild.after.length > 0 ? ofTransition(sent) : sent;
  ahead?.catch(() => {});
  // What is rebuilt is more than a note: nothing follows it before it is known to stand.
  if (rebuild.after.length > 0) await ahead;
  const tags = new Set(planned.pending.map(({ tag }) => tag));
  const pending = upTo(journal, options.through).filter(({ tag }) => tags.has(tag));
  const context: RunContext = {
    sql,
    session,
    lock,
    baseline: { ...state, defaultsChange: changesDefaults(pending) },
    timeouts: options,
    onProgress: options.onProgress ?? (() => {}),
    applied: [],
    durations: [],
  };
  try {
    const all = batches(pending);
    for (const batch of all) {
      if (batch.migration) {
        await ahead;
        const steps = stepsOf(batch.migration, { journal, pending, progress: state.progress });
        await runWithoutTransaction(context, batch.migration, steps);
      } else await runInTransactions(context, batch.migrations, { last: batch === all.at(-1) });
      if (batch !== all.at(-1)) await beginAgain(context, batch.migration ?? batch.migrations.at(-1));
    }
  } finally {
    // Where this failed, it is the reason for what failed behind it.
    await ahead;
  }
  return result(planned, pending, context);
}

function settledResult({ migrations }: Journal): ApplyResult {
  return { applied: [], alreadyApplied: migrations.length, outOfOrder: [], settings: [], acceptedEdits: [] };
}

function upTo({ migrations }: Journal, tag: string | undefined): Migration[] {
  return tag === undefined ? migrations : migrations.slice(0, migrations.findIndex((each) => each.tag === tag) + 1);
}

type Batch = { migrations: Migration[]; migration?: Migration };

function batches(pending: Migration[]): Batch[] {
  const found: Batch[] = [];
  for (const migration of pending) {
    const current = found.at(-1);
    if (!migration.directives.transaction) found.push({ migrations: [], migration });
    else if (current && !current.migration && !current.migrations.some(resetsDefaults))
      current.migrations.push(migration);
    else found.push({ migrations: [migration] });
  }
  return found;
}

function allowed({ allowSettingChange = [], transition }: ApplyOptions): string[] {
  return [...allowSettingChange, ...(transition ? [transition.setting] : [])];
}

/** Enters, and in the same message makes what migrations and their records need. */
async function prepare({ session, lock, state }: UnderLock, planned: Plan, rebuild: Rebuild): Promise<void> {
  const settings = planned.settings;
  const tables = missingTables(state.exists, {
    settings: settings.length > 0,
    progress: planned.pending.some(({ transaction }) => !transaction),
  });
  const edits = planned.edited.map(({ ledgerId, hash, appliedHash, tag }) =>
    rehashSql({ ledgerId, hash, tag, previousHash: appliedHash }),
  );
  const writes = [
    ...(tables === undefined ? [] : [tables]),
    ...rebuild.before,
    ...settingsSql(settings),
    ...rebuild.after,
    ...edits,
    ...(planned.pending.length > 0 && state.rows.length > 0 ? [alignSql] : []),
  ];
  try {
    // What is built again may have left its marks on the session.
    const after = rebuild.after.length === 0 ? [] : [freshSql(state), relaxed, markSql(0)];
    const changes = [...writes, ...after].join(";\n");
    await lock.enter(freshSql(state), writes.length === 0 ? "" : `begin; ${relaxed}; ${changes}; commit`);
  } catch (error) {
    if (session.open) await session.send("rollback");
    throw error;
  }
}

/** Stores settings; empty where there are none. */
export function settingsSql(changes: SettingChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ name, to }) => `(${literal(name)}, ${literal(JSON.stringify(to))}::jsonb)`);
  return [
    `insert into environment.settings (name, value) values ${rows.join(", ")} ` +
      "on conflict (name) do update set value = excluded.value, updated_at = now()",
  ];
}

function result(planned: Plan, pending: Migration[], context: RunContext): ApplyResult {
  return {
    applied: pending.map(({ tag, hash, statements }, index) => ({
      tag,
      hash,
      statements: statements.length,
      ms: context.durations[index] ?? 0,
    })),
    alreadyApplied: planned.applied.length,
    outOfOrder: planned.outOfOrder.map(({ tag }) => tag),
    settings: planned.settings,
    acceptedEdits: planned.edited.map(({ tag }) => tag),
  };
}
