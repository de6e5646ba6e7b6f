import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogTableNames } from "../schema/catalog-tables.ts";
import { tableDecisions } from "../schema/decisions.ts";
import { documentedAreas } from "./areas.ts";
import { generatedDocuments } from "./pages.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "reference", "database");

test.each(Object.entries(generatedDocuments()))(
  "%s is what the schema says; else run npm run db:docs",
  (file, text) => {
    expect(readFileSync(join(folder, file), "utf8")).toBe(text);
  },
);

test("every table is on a page, with what it is for", () => {
  const tables = documentedAreas().flatMap((area) => area.tables);
  expect(tables.map(({ name }) => name).sort()).toEqual([...Object.keys(tableDecisions), ...catalogTableNames].sort());
  expect(tables.filter(({ purpose }) => purpose === "")).toEqual([]);
});
