import { MigrationError, type MigrationErrorCode } from "./errors.ts";
import type { Journal, Migration } from "./journal.ts";
import type { DatabaseState, LedgerRow, Progress } from "./ledger.ts";
import { appliedAt, matchRows } from "./match.ts";
import { elsewhereRefusal, refusals } from "./refusals.ts";
import { stepsOf } from "./resume.ts";
import { compareSettings, type SettingChange, type Settings } from "./settings.ts";

/** A migration the ledger holds. */
export type AppliedMigration = { tag: string; hash: string; when: number; appliedAt?: string };

/** A migration that will run. */
export type PendingMigration = {
  tag: string;
  file: string;
  hash: string;
  when: number;
  /** False for `-- migrate: no-transaction`. */
  transaction: boolean;
  /** For a no-transaction migration that was interrupted: how many of its statements are done. */
  done?: number;
};

/** A pending migration that Drizzle's own migrator would skip for ever, and why. */
export type OutOfOrderMigration = { tag: string; when: number; reason: string };

/** An applied migration whose file is no longer what was applied. */
export type EditedMigration = {
  tag: string;
  file: string;
  hash: string;
  appliedHash: string;
  ledgerId: number;
  appliedAt?: string;
};

/** An applied migration that this checkout once had or still lists, without its file. */
export type DeletedMigration = { tag: string; file: string; hash: string; ledgerId: number; appliedAt?: string };

/** A ledger row that no entry of this checkout's journal explains. */
export type UnknownMigration = { ledgerId: number; hash: string; when: number; appliedAt?: string };

/** What a run would do, and what keeps it from doing so. Serialises to JSON as it is. */
export type Plan = {
  applied: AppliedMigration[];
  /** In the order they will run. */
  pending: PendingMigration[];
  /** Those of `pending` that come before something already applied. */
  outOfOrder: OutOfOrderMigration[];
  edited: EditedMigration[];
  deleted: DeletedMigration[];
  unknown: UnknownMigration[];
  /** Rows that say a second time what another row says: their migration is applied, and they do no harm. */
  repeated: UnknownMigration[];
  /** Rows of another checkout that were accepted and stay. */
  accepted: UnknownMigration[];
  /** SQL files that the journal does not name: never run. */
  unlisted: string[];
  settings: SettingChange[];
  /** Why `apply` would refuse; empty where it would not. */
  refusals: Refusal[];
};

/** One reason to refuse, with its way out. */
export type Refusal = { code: MigrationErrorCode; tag?: string; message: string };

/** What a caller may allow. */
export type PlanOptions = {
  settings?: Settings;
  /** Names of settings whose contradiction is wanted. */
  allowSettingChange?: readonly string[];
  /** Refuse migrations that are out of order instead of applying them in journal order. Default false. */
  strict?: boolean;
  /** Tags whose edited file is to be recorded as the applied one. */
  acceptEdited?: readonly string[];
};

/** Compares files with ledger. Reads nothing but, when asked for `unlisted`, the folder. */
export function makePlan(journal: Journal, state: DatabaseState, options: PlanOptions = {}): Plan {
  const matched = matchRows(journal, state.rows);
  const lastApplied = Math.max(-1, ...matched.applied.map(({ index }) => index));
  const ceiling = Math.max(0, ...state.rows.map(({ createdAt }) => createdAt));
  const pending = journal.migrations.filter(({ tag }) => !matched.byTag.has(tag));
  const plan: Plan = {
    applied: matched.applied.map(({ tag, hash, when, row }) => ({ tag, hash, when, ...appliedAt(row) })),
    pending: pending.map((migration) => pendingMigration(migration, stepsOf(migration, journal, state.progress))),
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
