import type { MigrationErrorCode } from "./errors.ts";
import type { DatabaseSettings, SettingChange } from "./settings.ts";

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
  settings?: DatabaseSettings;
  /** Names of settings whose contradiction is wanted. */
  allowSettingChange?: readonly string[];
  /** Refuse migrations that are out of order instead of applying them in journal order. Default false. */
  strict?: boolean;
  /** Tags whose edited file is to be recorded as the applied one. */
  acceptEdited?: readonly string[];
};
