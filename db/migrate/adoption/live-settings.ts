import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import type { DatabaseSettings, JsonValue } from "../settings.ts";

const catalogSql = readFileSync(join(import.meta.dirname, "live-catalog.sql"), "utf8");

/** The settings that a database was made under. */
export type KnownSettings = {
  /** All of them, to run migrations with. */
  settings: DatabaseSettings;
  /** Those that nothing recorded, to be recorded. */
  found: DatabaseSettings;
};

/** The settings as the database holds them; none where it has no table for them. */
export async function storedSettings(sql: Sql): Promise<DatabaseSettings> {
  const [there] = await sql.unsafe("select to_regclass('environment.settings') is not null as there");
  if (there?.there !== true) return {};
  const rows = await sql.unsafe<{ name: string; value: JsonValue }[]>("select name, value from environment.settings");
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/**
 * The same; where nothing is recorded, what the database shows: a catalog of foreign tables that was made by hand is foreign. No
 * setting would mean that it is local, and the first run would build it again.
 */
export async function settingsAsFound(sql: Sql): Promise<KnownSettings> {
  const settings = await storedSettings(sql);
  if (settings.catalog !== undefined) return { settings, found: {} };
  const [row] = await sql.unsafe<{ source: JsonValue }[]>(catalogSql);
  if (!row) return { settings, found: {} };
  return { settings: { ...settings, catalog: "foreign", catalog_source: row.source }, found: { catalog: "foreign" } };
}
