import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { type ApplyOptions, type ApplyResult, apply, plan, planOver } from "./migrate/apply.ts";
import { connectForMigrations } from "./migrate/connect.ts";
import { type Migration, readMigrations } from "./migrate/journal.ts";
import type { Plan } from "./migrate/planned.ts";

export type { ApplyOptions, ApplyResult } from "./migrate/apply.ts";
export { type DryRun, dryRun } from "./migrate/dry-run.ts";
export { MigrationError, type MigrationErrorCode, type MigrationErrorDetails } from "./migrate/errors.ts";
export type { LockHolder } from "./migrate/lock-holder.ts";
export type {
  AppliedMigration,
  DeletedMigration,
  EditedMigration,
  OutOfOrderMigration,
  PendingMigration,
  Plan,
  PlanOptions,
  Refusal,
  UnknownMigration,
} from "./migrate/planned.ts";
export type { OnProgress, ProgressEvent } from "./migrate/progress.ts";
export type { DatabaseSettings, JsonValue, SettingChange } from "./migrate/settings.ts";
export type { Rebuild, Transition } from "./migrate/transition.ts";
export { apply, type Migration, plan, planOver, readMigrations };

/** A plan, with the answer to "is this database where my code is?". */
export type Status = Plan & { upToDate: boolean };

/** Reads where a database stands against a migrations folder. Takes no lock and changes nothing. */
export async function status(sql: Sql, options: { folder: string }): Promise<Status> {
  const planned = await plan(sql, options);
  return { ...planned, upToDate: planned.pending.length === 0 && planned.refusals.length === 0 };
}

/**
 * Applies the project's migrations to the database at `connectionString`, over a connection of its own.
 * `options.folder` defaults to this project's `migrations/`.
 */
export async function runMigrations(
  connectionString: string,
  options: Partial<ApplyOptions> = {},
): Promise<ApplyResult> {
  const sql = connectForMigrations(connectionString);
  // After a lost connection postgres.js would wait for answers that cannot come.
  let timeout = 0;
  try {
    const result = await apply(sql, { folder: fileURLToPath(new URL("../migrations", import.meta.url)), ...options });
    timeout = 5;
    return result;
  } finally {
    await sql.end({ timeout });
  }
}
