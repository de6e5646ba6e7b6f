import { expect, test } from "vitest";
import { guardMigration } from "./catalog-guard.ts";

const guarded = (text: string) => {
  const result = guardMigration(text);
  if (result.kind !== "guarded") throw new Error(JSON.stringify(result));
  const [, foreign = "", local = ""] = /then\n(.*)\n {2}else\n(.*)\n {2}end if/s.exec(result.text) ?? [];
  return { foreign: foreign.trim(), local: local.trim() };
};

test("a migration that leaves the catalog alone stays as it is", () => {
  expect(guardMigration('ALTER TABLE "trips" ADD COLUMN "x" text;')).toEqual({ kind: "unchanged" });
});

test.each([
  [
    'ALTER TABLE "catalog"."cruise_lines" ADD COLUMN "code" varchar(20) DEFAULT \'x\' NOT NULL;',
    'alter foreign table "catalog"."cruise_lines" add column if not exists code varchar(20);',
  ],
  [
    'ALTER TABLE "catalog"."cruise_lines" DROP COLUMN "code";',
    'alter foreign table "catalog"."cruise_lines" drop column if exists "code";',
  ],
  [
    'ALTER TABLE "catalog"."cruise_lines" ALTER COLUMN "code" SET DATA TYPE text USING "code"::text;',
    'alter foreign table "catalog"."cruise_lines" alter column "code" set data type text;',
  ],
  [
    'ALTER TABLE "catalog"."cruise_lines" ALTER COLUMN "code" SET NOT NULL;',
    'alter foreign table "catalog"."cruise_lines" alter column "code" set not null;',
  ],
  ['ALTER TABLE "catalog"."cruise_lines" ALTER COLUMN "code" SET DEFAULT \'x\';', "return;"],
  ['CREATE UNIQUE INDEX "i" ON "catalog"."cruise_lines" USING btree ("code");', "return;"],
  [
    'ALTER TABLE "catalog"."cruise_ships" ADD CONSTRAINT "f" FOREIGN KEY ("line_id") REFERENCES "catalog"."cruise_lines"("id");',
    "return;",
  ],
  ['DROP TABLE "catalog"."cruise_lines" CASCADE;', 'drop foreign table if exists "catalog"."cruise_lines";'],
])("%s", (local, foreign) => {
  expect(guarded(local)).toEqual({ local, foreign });
});

test("a new table is defined from the schema, and granted", () => {
  const { foreign } = guarded('CREATE TABLE "catalog"."cruise_sailing_regions" (\n\t"sailing_id" uuid NOT NULL\n);');
  expect(foreign).toContain(
    "perform environment.define_foreign_table(environment.catalog_source(), 'cruise_sailing_regions'",
  );
  expect(foreign).toContain(
    "perform environment.grant_catalog(environment.catalog_source(), array['cruise_sailing_regions'])",
  );
});

test.each([
  [
    "both sides at once",
    'ALTER TABLE "trips" ADD COLUMN "x" text;\n--> statement-breakpoint\nDROP INDEX "catalog"."i";',
    /something else at once/,
  ],
  [
    "a key into the catalog",
    'ALTER TABLE "trips" ADD CONSTRAINT "f" FOREIGN KEY ("line") REFERENCES "catalog"."cruise_lines"("id");',
    /leads from public/,
  ],
  ["an enum", 'CREATE TYPE "catalog"."kind" AS ENUM(\'a\');', /enum/],
  ["a statement it does not know", 'TRUNCATE "catalog"."cruise_lines";', /not known/],
])("%s is refused", (_, text, reason) => {
  const result = guardMigration(text);
  expect(result).toMatchObject({ kind: "refused" });
  expect(JSON.stringify(result)).toMatch(reason);
});
