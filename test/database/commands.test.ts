import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud, type TestDatabase } from "../support/test-cloud.ts";
import { migrateWithDrizzle } from "./migrated.ts";

let cloud: TestCloud;
let database: TestDatabase;

beforeAll(async () => {
  cloud = await startTestCloud();
  database = await cloud.createDatabase("commands");
  await migrateWithDrizzle(database);
});

afterAll(() => cloud?.remove());

const root = join(import.meta.dirname, "..", "..");

function run(script: string, url: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "commands", `${script}.ts`), ...args],
    {
      cwd: root,
      env: { ...process.env, MIGRATE_URL: url },
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

const trips = async () => (await database.sql`select from trips`).length;

test("db:seed fills, and says so when there is nothing to do", async () => {
  expect(run("db-seed", database.url, "--sailings", "50")).toMatchObject({
    status: 0,
    output: expect.stringMatching(/Seeded \d+ rows/),
  });
  expect(await trips()).toBe(16);
  expect(run("db-seed", database.url)).toMatchObject({ status: 0, output: expect.stringContaining("there already") });
});

test("db:reset empties and migrates again", async () => {
  const outcome = run("db-reset", database.url);
  expect(outcome.status, outcome.output).toBe(0);
  expect(await trips()).toBe(0);
  expect(await database.sql`select from pg_tables where schemaname = 'catalog'`).toHaveLength(16);
});

test.each(["db-reset", "db-seed"])("%s refuses what is not a development database of this machine", async (script) => {
  const elsewhere = run(script, "postgres://postgres:hunter2@db.example.com:5432/postgres");
  expect(elsewhere).toMatchObject({ status: 3, output: expect.stringContaining("db.example.com is not this machine") });
  expect(elsewhere.output).not.toContain("hunter2");
  await database.sql`create role fdw_catalog_ro nologin`;
  expect(run(script, database.url)).toMatchObject({
    status: 3,
    output: expect.stringContaining("publishes its catalog"),
  });
  expect(run(script, database.url, "--force")).toMatchObject({ status: 3 });
  expect(run(script, database.url, "--force", "--yes-really").status).toBe(0);
  await database.sql`drop role fdw_catalog_ro`;
});

test("db:check finds schema and migrations in agreement", () => {
  expect(run("db-check", "")).toEqual({ status: 0, output: "Schema and migrations agree.\n" });
});
