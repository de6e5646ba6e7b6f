import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { test } from "../support/cloud.ts";
import type { TestCloud, TestDatabase } from "../support/test-cloud.ts";
import { describeDatabase } from "./describe.ts";
import { errorOf, migrateWithDrizzle, migrationsFolder, sourceOf, subscribe } from "./migrated.ts";

let cloud: TestCloud;
let partial: string;
const nowhere = sourceOf({ host: "127.0.0.1", port: 1 });

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  partial = await mkdtemp(join(tmpdir(), "tailfire-grown-"));
  await cp(migrationsFolder, partial, { recursive: true });
  const path = join(partial, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8"));
  const until = journal.entries.findIndex(({ tag }: { tag: string }) => tag === "20251231300000_enable_rls_policies");
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, until + 1) }));
});

afterAll(async () => {
  await rm(partial, { recursive: true, force: true });
});

const addLine = ({ sql }: TestDatabase, schema: string) =>
  sql`insert into ${sql(`${schema}.cruise_lines`)} (provider_identifier, name, slug) values ('1', 'Kept', 'kept')`;

test("local: grown through the migrations, with rows, it is what an empty one becomes", async () => {
  const [empty, grown] = await Promise.all([cloud.createDatabase("empty"), cloud.createDatabase("grown")]);
  await Promise.all([migrateWithDrizzle(empty), migrateWithDrizzle(grown, partial)]);
  await addLine(grown, "public");
  await migrateWithDrizzle(grown);
  expect(await describeDatabase(grown)).toEqual(await describeDatabase(empty));
  expect(await grown.sql`select name from catalog.cruise_lines`).toEqual([{ name: "Kept" }]);
});

test("foreign: grown with empty cruise tables in public, it is what an empty one becomes", async () => {
  const [empty, grown] = await Promise.all([cloud.createDatabase("empty"), cloud.createDatabase("grown")]);
  await subscribe(empty.sql, nowhere);
  await Promise.all([migrateWithDrizzle(empty), migrateWithDrizzle(grown, partial)]);
  await subscribe(grown.sql, nowhere);
  await migrateWithDrizzle(grown);
  expect(await describeDatabase(grown)).toEqual(await describeDatabase(empty));
  expect(await describeDatabase(grown)).toContain("server prod_catalog");
});

test("foreign: grown with rows, in public or in catalog, it is refused with the way out, and nothing is lost", async () => {
  const inPublic = await cloud.createDatabase("in-public");
  await migrateWithDrizzle(inPublic, partial);
  await addLine(inPublic, "public");
  await subscribe(inPublic.sql, nowhere);
  const refused = await errorOf(migrateWithDrizzle(inPublic));
  expect(refused).toMatchObject({ code: "55000", message: expect.stringContaining("public.cruise_lines") });
  expect(refused.hint).toMatch(/Keep the catalog local/);
  expect(await inPublic.sql`select from public.cruise_lines`).toHaveLength(1);

  const inCatalog = await cloud.createDatabase("in-catalog");
  await migrateWithDrizzle(inCatalog, partial);
  await inCatalog.sql`create schema catalog`;
  for (const name of catalogTableNames) await inCatalog.sql`alter table ${inCatalog.sql(name)} set schema catalog`;
  await addLine(inCatalog, "catalog");
  await subscribe(inCatalog.sql, nowhere);
  expect((await errorOf(migrateWithDrizzle(inCatalog))).message).toContain("catalog.cruise_lines");
  expect(await inCatalog.sql`select from catalog.cruise_lines`).toHaveLength(1);
  expect(await inCatalog.sql`select from pg_foreign_server`).toHaveLength(0);
});
