import type { Journal, Migration } from "./journal.ts";
import type { LedgerRow } from "./ledger.ts";
import type { DeletedMigration, EditedMigration } from "./planned.ts";

/** Which ledger row belongs to which journal entry, and what does not fit. */
export type Matched = {
  byTag: Map<string, LedgerRow>;
  applied: { tag: string; hash: string; when: number; index: number; row: LedgerRow }[];
  edited: EditedMigration[];
  deleted: DeletedMigration[];
  /** Rows that say again what another row says. */
  repeated: LedgerRow[];
  rest: LedgerRow[];
};

/**
 * Finds for each journal entry its ledger row: by time and hash, else by hash alone (the journal's time was changed), else
 * by time alone or by the noted tag (the file was changed).
 */
export function matchRows(journal: Journal, found: LedgerRow[]): Matched {
  const { migrations } = journal;
  const rows = asHere(migrations, found);
  const same = agreeing(migrations, rows);
  const free = new Set(rows.slice(same));
  const byTag = new Map<string, LedgerRow>();
  for (const [index, { tag }] of migrations.slice(0, same).entries()) {
    const row = rows[index];
    if (row) byTag.set(tag, row);
  }
  const pass = <T extends { tag: string }>(
    entries: T[],
    keyOf: (row: LedgerRow) => string,
    key: (entry: T) => string,
  ): void => {
    if (free.size === 0) return;
    const groups = group([...free], keyOf);
    for (const entry of entries) take(entry.tag, groups.get(key(entry)), { free, byTag });
  };
  pass(migrations, exactKey, ({ when, hash }) => `${when} ${hash}`);
  // Before hashes alone are compared: a second row of one file is not the first of another with the same content.
  const repeated = takeRepeated(free, new Set([...byTag.values()].map(exactKey)), exactKey);
  pass(migrations, hashKey, hashKey);
  const entries = [...migrations, ...journal.missing];
  pass(entries, timeKey, ({ when }) => String(when));
  pass(entries, tagKey, ({ tag }) => tag);
  const known = new Set(migrations.flatMap(({ tag }) => byTag.get(tag)?.hash ?? []));
  repeated.push(...takeRepeated(free, known, hashKey));
  return { ...sorted(journal, byTag, [...free]), byTag, repeated };
}

function take(
  tag: string,
  candidates: LedgerRow[] | undefined,
  { free, byTag }: { free: Set<LedgerRow>; byTag: Matched["byTag"] },
): void {
  const row = byTag.has(tag) ? undefined : candidates?.find((candidate) => free.has(candidate));
  if (!row) return;
  free.delete(row);
  byTag.set(tag, row);
}

function sorted(
  journal: Journal,
  byTag: Matched["byTag"],
  rest: LedgerRow[],
): Pick<Matched, "applied" | "edited" | "deleted" | "rest"> {
  return {
    applied: journal.migrations.flatMap(({ tag, hash, when, index }) => {
      const row = byTag.get(tag);
      return row ? [{ tag, hash, when, index, row }] : [];
    }),
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

/** The rows as this checkout would have written them: the line ends of a file are those of its platform. */
export function asHere(migrations: readonly Migration[], rows: LedgerRow[]): LedgerRow[] {
  if (agreeing(migrations, rows) === rows.length) return rows;
  const own = new Set(migrations.map(hashKey));
  if (rows.every(({ hash }) => own.has(hash))) return rows;
  const others = new Map(migrations.flatMap(({ hash, otherHashes }) => otherHashes.map((other) => [other, hash])));
  return rows.map((row) => (own.has(row.hash) ? row : { ...row, hash: others.get(row.hash) ?? row.hash }));
}

function takeRepeated(free: Set<LedgerRow>, known: Set<string>, key: (row: LedgerRow) => string): LedgerRow[] {
  const found = [...free].filter((row) => known.has(key(row)));
  for (const row of found) free.delete(row);
  return found;
}

/** How many rows from the first on are the migrations from the first on, as their files are. */
export function agreeing(migrations: readonly Migration[], rows: readonly LedgerRow[]): number {
  const differs = rows.findIndex(
    ({ hash, createdAt }, index) => hash !== migrations[index]?.hash || createdAt !== migrations[index]?.when,
  );
  return differs === -1 ? rows.length : differs;
}

function hashKey({ hash }: { hash: string }): string {
  return hash;
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

/** When a row was applied, as far as is known. */
export function appliedAt(row: LedgerRow): { appliedAt?: string } {
  return row.appliedAt === undefined ? {} : { appliedAt: row.appliedAt };
}
