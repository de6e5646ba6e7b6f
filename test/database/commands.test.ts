import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../support/cloud.ts";
import type { TestCloud, TestDatabase } from "../support/test-cloud.ts";
import { migrateWithDrizzle } from "./migrated.ts";

let cloud: TestCloud;
let database: TestDatabase;

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  database = await cloud.createDatabase("commands");
  await migrateWithDrizzle(database);
});

const root = join(import.meta.dirname, "..", "..");

function run(script: string, url: string | undefined, ...given: (string | Record<string, string>)[]) {
  const args = given.filter((each) => typeof each === "string");
  const env = Object.assign({}, ...given.filter((each) => typeof each === "object"));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts/setup.mjs"), "--run", script, ...args],
    {
      cwd: root,
      env: { ...process.env, ...(url === undefined ? {} : { MIGRATE_URL: url }), ...env },
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

test("db:reset empties nothing where the migrations would be refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "refused-"));
  mkdirSync(join(folder, "meta"));
  const entries = [{ tag: "0000_a", when: 1 }];
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify({ entries }));
  writeFileSync(join(folder, "0000_a.sql"), "copy trips from stdin;");
  const outcome = run("db-reset", database.url, "--folder", folder, "--yes");
  expect(outcome.output).toContain("COPY FROM STDIN");
  expect(outcome.status).not.toBe(0);
  expect((await database.sql`select to_regclass('public.trips') is not null as there`)[0]?.there).toBe(true);
  rmSync(folder, { recursive: true });
});

test("db:reset says that the database is empty where its migrations stop", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stops-"));
  mkdirSync(join(folder, "meta"));
  const entries = ["0000_a", "0001_b"].map((tag, when) => ({ tag, when: when + 1 }));
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify({ entries }));
  writeFileSync(join(folder, "0000_a.sql"), "create table public.one ();");
  writeFileSync(join(folder, "0001_b.sql"), "select 1 / 0;");
  const outcome = run("db-reset", database.url, "--folder", folder, "--yes");
  expect(outcome.output).toMatch(
    /22012[\s\S]*was emptied before this: it holds the first 1 migration [\s\S]*db:migrate[\s\S]*db:reset/,
  );
  expect(outcome.status).not.toBe(0);
  rmSync(folder, { recursive: true });
});

test("a SHADOW_URL where nothing listens is named, with what to do", () => {
  const outcome = run("db-repair", database.url, "--yes", { SHADOW_URL: "postgres://me@127.0.0.1:1/x" });
  expect(outcome.output).toMatch(/127\.0\.0\.1:1 as me[\s\S]*ECONNREFUSED[\s\S]*SHADOW_URL/);
  expect(outcome.status).not.toBe(0);
});

test("db:repair, and db:baseline in the same way, runs no migration in the database it compares", async () => {
  const name = "by_hand";
  await database.sql.unsafe(`create database ${name}`);
  const url = database.url.replace(/[^/]*$/, name);
  const outcome = run("db-repair", url, "--yes", { SHADOW_URL: `${url}?application_name=x` });
  expect(outcome.output).toMatch(/SHADOW_URL failed: it is the database that they are compared with/);
  expect(outcome.status).toBe(3);
  const made = await database.connect({
    database: name,
  })`select to_regclass('trips') as trips, to_regnamespace('drizzle') as ledger`;
  expect([...made]).toEqual([{ trips: null, ledger: null }]);
});

const leftovers = `
  create schema "Left behind"; create table "Left behind".t (id int);
  create extension hstore with schema extensions; create publication left_behind;
  create type public.mood as enum ('calm'); create domain public.short as text; create sequence public.numbers;
  create table public.old (id int primary key, mood public.mood); create view public.old_ones as select * from public.old;
  create materialized view public.older as select * from public.old; create collation public.c (locale = 'C');
  create function public.on_user() returns trigger language plpgsql as $$ begin return new; end $$;
  create aggregate public.total (int) (sfunc = int4pl, stype = int);
  create trigger on_user after insert on auth.users for each row execute function public.on_user();
  create policy open on storage.objects for select using (true);
  grant usage on schema public to fdw_test_reader; comment on schema public is 'ours';
  insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com');
  insert into storage.buckets (id, name) values ('b', 'b'); insert into storage.objects (bucket_id, name) values ('b', 'f')`;

test("db:reset leaves what a new project with the same migrations is, and the rows of the platform", async () => {
  const [held] = await database.sql`select obj_description('public'::regnamespace, 'pg_namespace') as comment`;
  await database.sql`create role fdw_test_reader`;
  await database.sql.unsafe(leftovers);
  const rows = await platformRows();
  const outcome = run("db-reset", database.url, "--yes");
  expect(outcome.status, outcome.output).toBe(0);
  expect(outcome.output).toContain("Kept: rows of auth (--auth), rows of storage (--storage)");
  expect(outcome.output).not.toContain("Not dropped");
  expect(await trips()).toBe(0);
  // Its grants and comment are kept, so they are taken back by hand for the comparison.
  const [kept] = await database.sql`select obj_description('public'::regnamespace, 'pg_namespace') as comment,
    has_schema_privilege('fdw_test_reader', 'public', 'usage') as granted`;
  expect(kept).toEqual({ comment: "ours", granted: true });
  await database.sql.unsafe(`revoke usage on schema public from fdw_test_reader; drop role fdw_test_reader`);
  await database.sql.unsafe(`comment on schema public is '${held?.comment ?? ""}'`);
  const fresh = await cloud.createDatabase("fresh");
  const migrated = run("db-migrate", fresh.url);
  expect(migrated.status, migrated.output).toBe(0);
  expect(await structureOf(database)).toEqual(await structureOf(fresh));
  expect(rows).toMatchObject({ buckets: 1, objects: 1 });
  expect(await platformRows()).toEqual(rows);
});

test("db:reset empties auth and storage where it is told to", async () => {
  const outcome = run("db-reset", database.url, "--auth", "--storage", "--json", "--yes");
  expect(outcome.status, outcome.output).toBe(0);
  expect(await platformRows()).toEqual({ users: 0, buckets: 0, objects: 0 });
});

test("db:reset leaves the schemas of the platform by the facts", async () => {
  const facts: { schemas: Record<string, { owner: string }> } = JSON.parse(
    readFileSync(join(root, "facts", "platform-facts.json"), "utf8"),
  );
  const objects = readFileSync(join(root, "db", "reset", "objects.sql"), "utf8");
  for (const schema of Object.keys(facts.schemas)) if (schema !== "public") expect(objects).toContain(`'${schema}'`);
  const there = await database.sql`select nspname as name, pg_get_userbyid(nspowner) as owner from pg_namespace`;
  const owners = Object.fromEntries(there.map(({ name, owner }) => [name, owner]));
  for (const [name, { owner }] of Object.entries(facts.schemas))
    if (owners[name]) expect(owners[name], name).toBe(owner);
});

async function platformRows() {
  const [rows] = await database.sql`select (select count(*)::int from auth.users) as users,
    (select count(*)::int from storage.buckets) as buckets, (select count(*)::int from storage.objects) as objects`;
  return rows;
}

/** Every named object but those of one table or type, with owner and grants, in words that name no oid. */
async function structureOf({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql.unsafe(readFileSync(join(import.meta.dirname, "structure.sql"), "utf8"));
  expect(rows.length).toBeGreaterThan(200);
  return rows.map(({ line }) => String(line));
}

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
