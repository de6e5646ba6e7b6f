import { MigrationError, type MigrationErrorCode } from "./errors.ts";
import type { Journal, Migration } from "./journal.ts";
import type { DatabaseState, LedgerRow } from "./ledger.ts";
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

/** Compares files with ledger. Pure: neither reads nor writes. */
export function makePlan(journal: Journal, state: DatabaseState, options: PlanOptions = {}): Plan {
  const matched = matchRows(journal, state.rows);
  const lastApplied = Math.max(-1, ...matched.applied.map(({ index }) => index));
  const ceiling = Math.max(0, ...state.rows.map(({ createdAt }) => createdAt));
  const pending = journal.migrations.filter(({ tag }) => !matched.byTag.has(tag));
  const plan: Plan = {
    applied: matched.applied.map(({ tag, hash, when, row }) => ({ tag, hash, when, ...appliedAt(row) })),
    pending: pending.map((migration) => pendingMigration(migration, state)),
    outOfOrder: pending.flatMap((migration) => outOfOrder(migration, lastApplied, ceiling)),
    edited: matched.edited,
    deleted: matched.deleted,
    unknown: matched.rest.filter(({ accepted }) => accepted === undefined).map(unknownMigration),
    accepted: matched.rest.filter(({ accepted }) => accepted !== undefined).map(unknownMigration),
    unlisted: journal.unlisted,
    settings: compareSettings({
      wanted: options.settings,
      stored: state.settings,
      anyApplied: state.rows.length > 0,
      allowed: options.allowSettingChange ?? [],
    }),
    refusals: [],
  };
  plan.refusals = refusals(plan, journal, matched.byTag, options);
  return plan;
}

/** Throws a MigrationError with every reason at once where the plan has any. */
export function refuse(plan: Plan): void {
  const [first] = plan.refusals;
  if (!first) return;
  const text = plan.refusals.map(({ message }) => message).join("\n");
  throw new MigrationError(first.code, text, { details: first.tag === undefined ? {} : { tag: first.tag } });
}

type Matched = {
  byTag: Map<string, LedgerRow>;
  applied: { tag: string; hash: string; when: number; index: number; row: LedgerRow }[];
  edited: EditedMigration[];
  deleted: DeletedMigration[];
  rest: LedgerRow[];
};

/**
 * Finds for each journal entry its ledger row: by time and hash, else by hash alone (the journal's time was changed), else
 * by time alone or by the noted tag (the file was changed).
 */
function matchRows(journal: Journal, rows: LedgerRow[]): Matched {
  const free = new Set(rows);
  const byTag = new Map<string, LedgerRow>();
  const index = {
    exact: group(rows, exactKey),
    hash: group(rows, ({ hash }) => hash),
    when: group(rows, timeKey),
    tag: group(rows, tagKey),
  };
  const take = (tag: string, candidates: LedgerRow[] | undefined): void => {
    const row = byTag.has(tag) ? undefined : candidates?.find((candidate) => free.has(candidate));
    if (!row) return;
    free.delete(row);
    byTag.set(tag, row);
  };
  for (const migration of journal.migrations)
    take(migration.tag, index.exact.get(`${migration.when} ${migration.hash}`));
  for (const migration of journal.migrations) take(migration.tag, index.hash.get(migration.hash));
  const entries = [...journal.migrations, ...journal.missing];
  for (const entry of entries) take(entry.tag, index.when.get(String(entry.when)));
  for (const entry of entries) take(entry.tag, index.tag.get(entry.tag));
  const applied = journal.migrations.flatMap(({ tag, hash, when, index: position }) => {
    const row = byTag.get(tag);
    return row ? [{ tag, hash, when, index: position, row }] : [];
  });
  const rest = [...free];
  return {
    byTag,
    applied,
    edited: journal.migrations.flatMap((migration) => edited(migration, byTag.get(migration.tag))),
    deleted: [
      ...journal.missing.flatMap(({ tag, file }) => deleted(tag, file, byTag.get(tag))),
      ...rest.flatMap((row) =>
        row.tag && !row.accepted ? deleted(row.tag, `${journal.folder}/${row.tag}.sql`, row) : [],
      ),
    ],
    rest: rest.filter(({ tag, accepted }) => tag === undefined || accepted !== undefined),
  };
}

function exactKey({ createdAt, hash }: LedgerRow): string {
  return `${createdAt} ${hash}`;
}

function timeKey({ createdAt }: LedgerRow): string {
  return String(createdAt);
}

function tagKey({ tag }: LedgerRow): string {
  return tag ?? "";
}

function group(rows: LedgerRow[], key: (row: LedgerRow) => string): Map<string, LedgerRow[]> {
  const groups = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const same = groups.get(key(row));
    if (same) same.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function edited({ tag, file, hash }: Migration, row: LedgerRow | undefined): EditedMigration[] {
  if (!row || row.hash === hash) return [];
  return [{ tag, file, hash, appliedHash: row.hash, ledgerId: row.id, ...appliedAt(row) }];
}

function deleted(tag: string, file: string, row: LedgerRow | undefined): DeletedMigration[] {
  return row && !row.accepted ? [{ tag, file, hash: row.hash, ledgerId: row.id, ...appliedAt(row) }] : [];
}

function unknownMigration(row: LedgerRow): UnknownMigration {
  return { ledgerId: row.id, hash: row.hash, when: row.createdAt, ...appliedAt(row) };
}

function appliedAt(row: LedgerRow): { appliedAt?: string } {
  return row.appliedAt === undefined ? {} : { appliedAt: row.appliedAt };
}

function pendingMigration(migration: Migration, state: DatabaseState): PendingMigration {
  const { tag, file, hash, when } = migration;
  const { transaction } = migration.directives;
  const steps = transaction ? [] : state.progress.filter((step) => step.hash === hash);
  const done = steps.filter((step) => step.state === "done").length;
  return { tag, file, hash, when, transaction, ...(steps.length > 0 ? { done } : {}) };
}

function outOfOrder({ tag, index, when }: Migration, lastApplied: number, ceiling: number): OutOfOrderMigration[] {
  if (index < lastApplied) return [{ tag, when, reason: "a later entry of the journal is already applied" }];
  if (when <= ceiling)
    return [{ tag, when, reason: `its time is not after the newest one in the ledger (${ceiling})` }];
  return [];
}

function refusals(plan: Plan, journal: Journal, byTag: Map<string, LedgerRow>, options: PlanOptions): Refusal[] {
  const { acceptEdited = [], strict = false } = options;
  const lost = journal.missing.filter(({ tag }) => !byTag.has(tag));
  return [
    ...lost.map(({ tag, file }) =>
      refusal(
        "journal",
        tag,
        `${file} is listed in the journal, not applied, and not there. Restore it from version control.`,
      ),
    ),
    ...plan.edited.filter(({ tag }) => !acceptEdited.includes(tag)).map(editedRefusal),
    ...plan.deleted.map(deletedRefusal),
    ...plan.unknown.map(unknownRefusal),
    ...(strict ? plan.outOfOrder.map(orderRefusal) : []),
    ...plan.settings.filter(({ change }) => change === "refused").map(settingRefusal),
  ];
}

function refusal(code: MigrationErrorCode, tag: string | undefined, message: string): Refusal {
  return { code, ...(tag === undefined ? {} : { tag }), message };
}

function time(appliedAtIso: string | undefined): string {
  return appliedAtIso === undefined ? "at a time nobody recorded" : `at ${appliedAtIso}`;
}

function editedRefusal({ tag, file, hash, appliedHash, appliedAt: at }: EditedMigration): Refusal {
  return refusal(
    "edited",
    tag,
    `${tag} was edited after it was applied (${time(at)}): ${file} now has sha256 ${hash}, applied was ${appliedHash}. ` +
      `Restore the file and put the change into a new migration, or, where only its text changed, run with --accept-edited ${tag}.`,
  );
}

function deletedRefusal({ tag, file, hash, appliedAt: at }: DeletedMigration): Refusal {
  return refusal(
    "deleted",
    tag,
    `${tag} was applied (${time(at)}, sha256 ${hash}), and ${file} is gone. Restore it from version control, or run db:repair, ` +
      "which compares with the live schema and shows what it will record.",
  );
}

function unknownRefusal({ ledgerId, hash, when, appliedAt: at }: UnknownMigration): Refusal {
  return refusal(
    "unknown",
    undefined,
    `Row ${ledgerId} of the ledger (sha256 ${hash}, journal time ${new Date(when).toISOString()}, applied ${time(at)}) is a migration ` +
      "this checkout does not have. Update the checkout, or, for a database adopted from elsewhere, run db:baseline.",
  );
}

function orderRefusal({ tag, reason }: OutOfOrderMigration): Refusal {
  return refusal(
    "out-of-order",
    tag,
    `${tag} is out of order: ${reason}. Generate it again on top of what is applied, or run without --strict to apply it in journal order.`,
  );
}

function settingRefusal({ name, from, to }: SettingChange): Refusal {
  return refusal(
    "settings",
    undefined,
    `Setting "${name}" is ${JSON.stringify(from)} in this database and migrations ran under it; ${JSON.stringify(to)} contradicts them. ` +
      `Keep ${JSON.stringify(from)}, start from an empty database, or name it in allowSettingChange (--allow-setting-change ${name}).`,
  );
}
