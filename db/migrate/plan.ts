import { MigrationError } from "./errors.ts";
import { type Journal, type Migration, readJournal } from "./journal.ts";
import type { DatabaseState, LedgerRow, Progress } from "./ledger.ts";
import { appliedAt, matchRows } from "./match.ts";
import type { OutOfOrderMigration, PendingMigration, Plan, PlanOptions, UnknownMigration } from "./planned.ts";
import { elsewhereRefusal, refusals } from "./refusals.ts";
import { stepsOf } from "./resume.ts";
import { compareSettings } from "./settings.ts";

/** Compares files with ledger. Reads nothing but, when asked for `unlisted`, the folder. */
export function makePlan(journal: Journal, state: DatabaseState, options: PlanOptions = {}): Plan {
  const matched = matchRows(journal, state.rows);
  const lastApplied = Math.max(-1, ...matched.applied.map(({ index }) => index));
  const ceiling = Math.max(0, ...state.rows.map(({ createdAt }) => createdAt));
  const pending = journal.migrations.filter(({ tag }) => !matched.byTag.has(tag));
  const plan: Plan = {
    applied: matched.applied.map(({ tag, hash, when, row }) => ({ tag, hash, when, ...appliedAt(row) })),
    pending: pending.map((migration) =>
      pendingMigration(migration, stepsOf(migration, { journal, pending, progress: state.progress })),
    ),
    outOfOrder: pending.flatMap((migration) => outOfOrder(migration, lastApplied, ceiling)),
    edited: matched.edited,
    deleted: matched.deleted,
    repeated: matched.repeated.map(unknownMigration),
    unknown: matched.rest.filter(({ accepted }) => accepted === undefined).map(unknownMigration),
    accepted: matched.rest.filter(({ accepted }) => accepted !== undefined).map(unknownMigration),
    get unlisted() {
      return journal.unlisted();
    },
    settings: compareSettings({
      wanted: options.settings,
      stored: state.settings,
      anyApplied: state.rows.length > 0,
      allowed: options.allowSettingChange ?? [],
    }),
    refusals: [],
  };
  plan.refusals = state.elsewhere.map(elsewhereRefusal);
  plan.refusals.push(...refusals(plan, { journal, progress: state.progress, byTag: matched.byTag }, options));
  return plan;
}

/** Throws a MigrationError with every reason at once where the plan has any. */
export function refuse(plan: Plan): void {
  const [first] = plan.refusals;
  if (!first) return;
  const text = plan.refusals.map(({ message }) => message).join("\n");
  throw new MigrationError(first.code, text, { details: first.tag === undefined ? {} : { tag: first.tag } });
}

const nothing: DatabaseState = {
  rows: [],
  progress: [],
  settings: {},
  exists: {
    ledger: false,
    history: false,
    progress: false,
    settings: false,
    schemas: { drizzle: false, environment: false },
  },
  elsewhere: [],
  searchPath: "",
  role: "none",
};

/** Throws a MigrationError with every reason why the files of a folder would be refused on an empty database. */
export function requireRunnable(folder: string): void {
  refuse(makePlan(readJournal(folder), nothing));
}

function unknownMigration(row: LedgerRow): UnknownMigration {
  return { ledgerId: row.id, hash: row.hash, when: row.createdAt, ...appliedAt(row) };
}

function pendingMigration(migration: Migration, steps: Progress[]): PendingMigration {
  const { tag, file, hash, when } = migration;
  const { transaction } = migration.directives;
  const done = steps.filter((step) => step.state === "done").length;
  return { tag, file, hash, when, transaction, ...(steps.length > 0 ? { done } : {}) };
}

function outOfOrder({ tag, index, when }: Migration, lastApplied: number, ceiling: number): OutOfOrderMigration[] {
  if (index < lastApplied) return [{ tag, when, reason: "a later entry of the journal is already applied" }];
  if (when <= ceiling)
    return [{ tag, when, reason: `its time is not after the newest one in the ledger (${ceiling})` }];
  return [];
}
