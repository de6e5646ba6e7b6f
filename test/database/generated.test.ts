import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { guardMigration } from "../../db/generate/catalog-guard.ts";
import { test } from "../support/cloud.ts";
import type { TestCloud } from "../support/test-cloud.ts";
import { migrateWithDrizzle, migrationsFolder, sourceOf, subscribe } from "./migrated.ts";

let cloud: TestCloud;
let folder: string;

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  folder = await mkdtemp(join(tmpdir(), "tailfire-generated-"));
  await cp(migrationsFolder, folder, { recursive: true });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const changes = [
  'ALTER TABLE "catalog"."cruise_lines" DROP COLUMN "website_url";',
  'ALTER TABLE "catalog"."cruise_lines" ADD COLUMN "website_url" text;\n--> statement-breakpoint\nCREATE INDEX "extra_idx" ON "catalog"."cruise_lines" USING btree ("website_url");',
  'ALTER TABLE "catalog"."cruise_lines" RENAME COLUMN "short_name" TO "brief_name";\n--> statement-breakpoint\nALTER TABLE "catalog"."cruise_lines" ALTER COLUMN "brief_name" SET DATA TYPE text;',
  'DROP TABLE "catalog"."cruise_sync_raw";\n--> statement-breakpoint\nCREATE TABLE "catalog"."cruise_sync_raw" ("id" uuid PRIMARY KEY NOT NULL, "payload" jsonb);',
];

async function addMigrations(): Promise<void> {
  const path = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8"));
  for (const [index, change] of changes.entries()) {
    const guarded = guardMigration(change);
    if (guarded.kind !== "guarded") throw new Error(JSON.stringify(guarded));
    const [last, tag] = [journal.entries.at(-1), `9${index}_change`];
    journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag });
    await writeFile(join(folder, `${tag}.sql`), guarded.text);
  }
  await writeFile(path, JSON.stringify(journal));
}

test("guarded changes run in both modes, and leave the same columns", async () => {
  const [local, foreign] = await Promise.all([cloud.createDatabase("local"), cloud.createDatabase("foreign")]);
  await subscribe(foreign.sql, sourceOf({ host: "127.0.0.1", port: 1 }));
  await Promise.all([migrateWithDrizzle(local), migrateWithDrizzle(foreign)]);
  await addMigrations();
  await Promise.all([migrateWithDrizzle(local, folder), migrateWithDrizzle(foreign, folder)]);
  const columns = async ({ sql }: typeof local) =>
    sql`select attname, atttypid::regtype::text as type from pg_attribute where attrelid = 'catalog.cruise_lines'::regclass and attnum > 0 and not attisdropped order by attname`;
  expect([...(await columns(foreign))]).toEqual([...(await columns(local))]);
  expect((await columns(local)).map(({ attname }) => attname)).toContain("brief_name");
  const [raw] =
    await foreign.sql`select relkind, has_table_privilege('authenticated', oid, 'select') as readable from pg_class where oid = 'catalog.cruise_sync_raw'::regclass`;
  expect(raw).toEqual({ relkind: "f", readable: true });
});
