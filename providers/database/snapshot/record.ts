import { literal } from "../../../db/connection/literal.ts";
import { type HeldSession, nameList } from "./session.ts";

/** The copy that is in place, as the setting `catalog_snapshot` of the database holds it. */
export interface SnapshotRecord {
  generation: number;
  /** ISO 8601. */
  takenAt: string;
  /** Rows copied, by table. */
  rows: Record<string, number>;
  /** Tables the publisher did not have. */
  unpublished: string[];
  /** Where shapes differed, in words. */
  notes: string[];
}

/** Reads it; undefined where no copy was ever completed. `send` answers the rows of a query. */
export async function readRecord(send: HeldSession["send"]): Promise<SnapshotRecord | undefined> {
  const [found] = await send("select to_regclass('environment.settings') is not null as there");
  if (!found?.there) return undefined;
  const [row] = await send("select value from environment.settings where name = 'catalog_snapshot'");
  return row?.value as SnapshotRecord | undefined;
}

/** Stores it. */
export async function writeRecord(session: HeldSession, record: SnapshotRecord): Promise<void> {
  await session.send(`
    insert into environment.settings (name, value) values ('catalog_snapshot', ${literal(JSON.stringify(record))}::jsonb)
    on conflict (name) do update set value = excluded.value, updated_at = now()`);
}

/** Those of `names` that are no tables of the schema. */
export async function goneTables(
  send: HeldSession["send"],
  schema: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await send(`
    select t as name from unnest(${nameList(names)}) t where to_regclass(format('%I.%I', ${literal(schema)}, t)) is null`);
  return rows.map(({ name }) => String(name));
}
