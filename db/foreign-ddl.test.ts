import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defineForeignTable } from "./foreign-ddl.ts";
import { catalogTableNames, catalogTables } from "./schema/catalog-tables.ts";

const migration = (tag: string) => readFileSync(join(import.meta.dirname, "..", "migrations", `${tag}.sql`), "utf8");

test.each(catalogTables.map((table) => [defineForeignTable(table)]))("the setup migration says %s", (text) => {
  expect(migration("20260104205000_setup_catalog_fdw")).toContain(text);
});

test("the migrations that move and guard the catalog name every table of it", () => {
  for (const tag of ["20260104205000_setup_catalog_fdw", "20260105000000_move_cruise_tables_to_catalog_schema"]) {
    for (const name of catalogTableNames) expect(migration(tag)).toContain(`'${name}'`);
  }
});

test("the functions name no table of the application", () => {
  const text = migration("0000_environment");
  expect(catalogTableNames.filter((name) => text.includes(name))).toEqual([]);
  expect(text).not.toContain("cruise");
});
