import { plan } from "../../db/migrate.ts";
import type { Bench } from "../support/database.ts";

/** Says what is wrong with a migrated database: ledger = files = schema, everything once, no lock left. Empty: nothing. */
export async function faults(bench: Bench, expectedLog: string[]): Promise<string[]> {
  const { sql, made } = bench;
  const planned = await plan(sql, { folder: made.folder });
  const found: string[] = planned.refusals.map(({ message }) => message);
  if (planned.pending.length > 0) found.push(`still pending: ${planned.pending.map(({ tag }) => tag).join(", ")}`);
  const hashes = await bench.hashes();
  if (new Set(hashes).size !== hashes.length) found.push("the ledger holds a migration twice");
  if (hashes.join() !== planned.applied.map(({ hash }) => hash).join())
    found.push("the ledger is not the journal in order");
  const log = (await sql`select entry from log order by entry`).map(({ entry }) => String(entry));
  if (log.join() !== [...expectedLog].sort().join())
    found.push(`log holds ${log.length} entries, not ${expectedLog.length}`);
  const invalid = await sql`select indexrelid::regclass::text as name from pg_index where not indisvalid`;
  if (invalid.length > 0) found.push(`invalid indexes: ${invalid.map(({ name }) => name).join(", ")}`);
  const tables = await sql`select relname from pg_class where relkind = 'r' and relname ~ '^t_'`;
  const files = planned.applied.filter(({ tag }) => tag.endsWith("_inside")).length;
  if (tables.length !== files) found.push(`${tables.length} tables for ${files} files`);
  if ((await sql`select to_regclass('environment.migration_progress') as t`)[0]?.t !== null) {
    const left = await sql`select tag from environment.migration_progress`;
    if (left.length > 0) found.push(`progress left behind: ${left.map(({ tag }) => tag).join(", ")}`);
  }
  const locks = await bench.locks();
  if (locks > 0) found.push(`${locks} advisory locks left`);
  return found;
}
