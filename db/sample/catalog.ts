import type { Sql } from "postgres";
import { catalogRows } from "./catalog-rows.ts";
import type { CatalogSize } from "./catalog-sailings.ts";
import { copyRows } from "./copy.ts";

/** What a load did. */
export interface LoadedCatalog {
  /** False where the catalog already held sailings: nothing was written then. */
  readonly loaded: boolean;
  /** Rows per table, as they are now in a fresh catalog; empty where nothing was written. */
  readonly rows: Record<string, number>;
}

/**
 * Fills an empty catalog with the same believable rows every time: 12 lines, 34 ships, 86 ports, and as many sailings as
 * asked for (3000 by default) with cabin prices, stops and regions. One transaction; a catalog that holds sailings is left as it is.
 */
export async function loadSampleCatalog(
  sql: Sql,
  { sailings = 3000, firstDay = "2026-12-01", schema = "catalog" }: Partial<CatalogSize> & { schema?: string } = {},
): Promise<LoadedCatalog> {
  return sql.begin(async (tx) => {
    const held = await tx`select 1 from ${tx(`${schema}.cruise_sailings`)} limit 1`;
    if (held.length > 0) return { loaded: false, rows: {} };
    const rows: Record<string, number> = {};
    for (const part of catalogRows({ sailings, firstDay }, schema)) {
      rows[part.table[1]] = await copyRows(tx, part);
    }
    await tx`set local statement_timeout = '60s'`;
    for (const name of Object.keys(rows)) await tx`analyze ${tx(`${schema}.${name}`)}`;
    return { loaded: true, rows };
  });
}
