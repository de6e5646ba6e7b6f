import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

function run(script: string, url: string | undefined, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "commands", `${script}.ts`), ...args],
    {
      cwd: root,
      env: { ...process.env, ...(url === undefined ? {} : { MIGRATE_URL: url }) },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr, output: stdout + stderr };
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

test.each(["db-status", "db-migrate", "db-seed"])("%s says which database, as whom, and who said so", (script) => {
  const { stdout, stderr, output } = run(script, database.url, "--json");
  const at = `${database.host}:${database.port}`;
  expect(stderr).toMatch(`Database postgres at ${at} as postgres (MIGRATE_URL of the environment)\n`);
  expect(JSON.parse(stdout).database).toEqual({
    database: "postgres",
    hosts: [at],
    user: "postgres",
    from: "MIGRATE_URL of the environment",
  });
  expect(output).not.toContain(database.password);
});

test("db:reset asks before it empties what nothing says is dev's", async () => {
  const place = mkdtempSync(join(tmpdir(), "env-file-"));
  const envFile = (stack: string) => {
    const path = join(place, stack);
    writeFileSync(path, `# Written by npm run env. Stack: ${stack} (local).\nDIRECT_URL="${database.url}"\n`);
    return path;
  };
  const before = await trips();
  const unknown = run("db-reset", database.url);
  expect(unknown.status).toBe(3);
  expect(unknown.output).toMatch(/Emptying database postgres[\s\S]*Add --yes/);
  const preview = run("db-reset", undefined, "--env-file", envFile("preview"));
  expect(preview.status).toBe(3);
  expect(preview.output).toContain(`(DIRECT_URL of ${join(place, "preview")}, written for stack preview)`);
  expect(await trips()).toBe(before);
  const dev = run("db-reset", undefined, "--env-file", envFile("dev"));
  expect(dev.status, dev.output).toBe(0);
  expect(await trips()).toBe(0);
  rmSync(place, { recursive: true });
});

test("db:reset empties and migrates again", async () => {
  const outcome = run("db-reset", database.url, "--yes");
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
  expect(run("db-check", "")).toMatchObject({ status: 0, output: "Schema and migrations agree.\n" });
});
