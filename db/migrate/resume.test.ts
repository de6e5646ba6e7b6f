import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { type Bench, openBench } from "../../test/support/database.ts";
import { apply, plan } from "../migrate.ts";
import { repairProgress } from "./repair-progress.ts";

// A no-transaction file resumes what it was: its finished statements, and the session they made.

let cluster: Cluster;
let bench: Bench;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.admin.unsafe("create role app_owner nologin");
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  bench = await openBench(cluster);
  await bench.sql.unsafe(`grant create on database ${bench.url.split("/").at(-1)} to app_owner`);
  await bench.made.add(
    "0001_t",
    "create table public.t (n int); insert into t values (0); create schema app authorization app_owner; create table public.log (what text);",
  );
});
afterEach(() => bench.close());

const head = "-- migrate: no-transaction\n";
// Each over a connection of its own: a resumed run is another process.
const run = () => apply(bench.connect(), { folder: bench.made.folder, retries: 0 });
const number = async () => (await bench.sql`select n from public.t`)[0]?.n;
const add = "update public.t set n = n + 1;\n";

test("after the failing statement is corrected the finished ones do not run again", async () => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);\n${add}`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2, line: 3 } });
  expect(await number()).toBe(1);
  await bench.made.write(
    "0002_n",
    `-- a comment\n${head}${add}insert into public.t select 1 where false;\n${add}${add}`,
  );
  expect((await plan(bench.sql, { folder: bench.made.folder })).pending).toMatchObject([{ tag: "0002_n", done: 1 }]);
  await run();
  expect(await number()).toBe(3);
  expect(await bench.sql`select 1 from environment.migration_progress`).toHaveLength(0);
});

test("line ends do not make a finished statement another", async () => {
  await bench.made.add("0002_n", `${head}update public.t\n set n = n + 1;\ninsert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.write("0002_n", `${head}update public.t\r\n set n = n + 1;\r\nselect 1;`);
  await run();
  expect(await number()).toBe(1);
});

test.each([
  ["edited", "update public.t set n = n + 100;\nselect 1;"],
  ["taken out", "select 1;"],
  ["moved behind another", `select 1;\n${add}`],
])("refuses before anything runs where a finished statement was %s", async (_, text) => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.write("0002_n", `${head}${text}`);
  await bench.made.add("0003_more", "create table more (n int);");
  await expect(run()).rejects.toMatchObject({
    code: "edited",
    message: expect.stringMatching(/0002_n[\s\S]*statement 1[\s\S]*0002_n\.sql:2[\s\S]*--done 0002_n:1/),
  });
  expect(await number()).toBe(1);
  expect(await bench.has("more")).toBe(false);
});

test("db:repair takes an edited finished statement as done, or has it run again", async () => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.write("0002_n", `${head}update public.t set n = n + 100;\ninsert into absent values (1);`);
  const repair = { folder: bench.made.folder, tag: "0002_n", statement: 1 };
  await repairProgress(bench.sql, { ...repair, state: "done" });
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  expect(await number()).toBe(1);
  await bench.made.write("0002_n", `${head}update public.t set n = n + 10;\nselect 1;`);
  await repairProgress(bench.sql, { ...repair, state: "again" });
  await run();
  expect(await number()).toBe(11);
});

test("refuses to run half-done statements again in a transaction", async () => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.write("0002_n", `${add}select 1;`);
  await expect(run()).rejects.toThrow(/0002_n[\s\S]*no-transaction/);
  expect(await number()).toBe(1);
});

test("a renamed file goes on where it was", async () => {
  const text = `${head}${add}insert into public.later values (1);`;
  await bench.made.add("0002_n", text);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.add("0003_n", text);
  await bench.made.list(["0001_t", "0003_n"]);
  await bench.sql`create table public.later (n int)`;
  await run();
  expect(await number()).toBe(1);
});

test("a file that was renamed and edited goes on where it was", async () => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.add("0003_other", `${head}select 1;`);
  await bench.made.add("0004_n", `${head}${add}${add}`);
  await bench.made.list(["0001_t", "0003_other", "0004_n"]);
  await run();
  expect(await number()).toBe(2);
  expect(await bench.sql`select 1 from environment.migration_progress`).toHaveLength(0);
});

test("a file that was renamed and whose finished statement was edited is refused by name, until that is settled", async () => {
  await bench.made.add("0002_n", `${head}${add}insert into absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.made.add("0003_n", `${head}update public.t set n = n + 10;`);
  await bench.made.list(["0001_t", "0003_n"]);
  await expect(run()).rejects.toThrow(/0002_n is half done \(statements 1\).*0003_n\.sql.*--again 0002_n:1/s);
  expect(await number()).toBe(1);
  await repairProgress(bench.connect(), { folder: bench.made.folder, tag: "0002_n", statement: 1, state: "again" });
  await run();
  expect(await number()).toBe(11);
});

test("goes on from what an earlier version of this runner recorded", async () => {
  await bench.made.add("0002_n", `${head}${add}${add}`);
  const [, pending] = (await plan(bench.sql, { folder: bench.made.folder })).pending;
  await bench.sql.unsafe(`create schema environment; create table environment.migration_progress (
    hash text not null, statement integer not null, tag text not null, state text not null,
    changed_at timestamptz not null default now(), primary key (hash, statement))`);
  await bench.sql`insert into environment.migration_progress values (${pending?.hash ?? ""}, 0, '0002_n', 'done')`;
  await run();
  expect(await number()).toBe(1);
});

const settings = [
  "set search_path to app",
  "select pg_catalog.set_config('search_path', 'app', false)",
  "begin; set search_path = app; select 1; commit",
];

test.each(settings)("%s holds to the end of the file, over an interruption too", async (setting) => {
  await bench.made.add("0001_u", "create table public.u (n int); create table app.u (n int);");
  await bench.made.add(
    "0002_n",
    `${head}${setting};\ncreate table first (n int);\ninsert into absent values (1);\ncreate index concurrently u_n on u (n);\ninsert into u values (1);\ncreate table second (n int);`,
  );
  await expect(run()).rejects.toMatchObject({ details: { statement: 3 } });
  await bench.sql`create table app.absent (n int)`;
  await run();
  for (const name of ["app.first", "app.second", "app.u_n"]) expect(await bench.has(name), name).toBe(true);
  expect(await bench.sql`select n from public.u`).toHaveLength(0);
  expect(await bench.sql`select n from app.u`).toHaveLength(1);
  await bench.made.add("0003_n", `${head}create table third (n int);`);
  await run();
  expect(await bench.has("public.third")).toBe(true);
});

test("the last of several settings holds on resume, and RESET counts", async () => {
  await bench.made.add(
    "0002_n",
    `${head}set time zone 'Asia/Tokyo';\nset app.tenant = '5';\nreset time zone;\nset statement_timeout = '7s';\ninsert into absent values (1);\ninsert into log values (current_setting('TimeZone')), (current_setting('app.tenant')), (current_setting('statement_timeout'));`,
  );
  await expect(run()).rejects.toMatchObject({ details: { statement: 5 } });
  await bench.sql`create table absent (n int)`;
  await run();
  const zone = (await bench.sql`select current_setting('TimeZone') as zone`)[0]?.zone;
  expect((await bench.sql`select what from log`).map(({ what }) => what)).toEqual([zone, "5", "7s"]);
});

test.each(["set role app_owner", "set session authorization app_owner"])(
  "%s holds in the file and on resume, and its records are still the runner's",
  async (who) => {
    await bench.made.add(
      "0001_grant",
      "grant select, insert on log to app_owner; grant create on schema public to app_owner;",
    );
    await bench.made.add(
      "0002_n",
      `${head}${who};\ncreate table app.mine (n int);\ninsert into app.absent values (1);\ncreate index concurrently mine_n on app.mine (n);\nvacuum app.mine;\nbegin; insert into log values (current_user); select 1; commit;\ninsert into log values (current_user);\nreset role;\nreset session authorization;\ninsert into log values (current_user);`,
    );
    await expect(run()).rejects.toMatchObject({ details: { statement: 3, line: 4 } });
    await bench.sql.unsafe("create table app.absent (n int); grant insert on app.absent to app_owner");
    await run();
    expect((await bench.sql`select what from log`).map(({ what }) => what)).toEqual([
      "app_owner",
      "app_owner",
      "postgres",
    ]);
    const [mine] =
      await bench.sql`select relowner::regrole::text as role from pg_class where oid = 'app.mine'::regclass`;
    expect(mine?.role).toBe("app_owner");
  },
);

test("RESET ALL takes the file's settings back, and nothing of the run's", async () => {
  await bench.made.add(
    "0002_n",
    `-- migrate: lock-timeout 3s\n${head}set app.tenant = '5';\nreset all;\ninsert into log values (coalesce(nullif(current_setting('app.tenant', true), ''), '-')), (current_setting('lock_timeout'));`,
  );
  await run();
  expect((await bench.sql`select what from log`).map(({ what }) => what)).toEqual(["-", "3s"]);
});

test.each([
  ["create temp table helper as select 1", "temporary"],
  ["create temporary view helper as select 1", "temporary"],
  ["select 1 as n into temp helper", "temporary"],
  ["prepare p as select 1", "prepared statement"],
  ["declare c cursor with hold for select 1", "cursor"],
  ["set local search_path to app", "SET LOCAL"],
  ["set transaction isolation level serializable", "SET TRANSACTION"],
  ["set constraints all deferred", "SET CONSTRAINTS"],
  ["do $$ begin set search_path to app; end $$", "DO"],
  ["do $$ begin execute 'set search_path to app'; end $$", "DO"],
  ["do $$ begin execute format('set session %I = %L', 'search_path', 'app'); end $$", "DO"],
  ["do $$ begin set role to none; execute $q$ set role none $q$; end $$", "DO"],
  ["do $$ begin perform set_config('search_path', 'app', false); end $$", "setting"],
  ["select 1, set_config('search_path', 'app', false)", "setting"],
  ["set session characteristics as transaction read only", "READ ONLY"],
  ["set default_transaction_read_only = on", "READ ONLY"],
  ["discard all", "DISCARD ALL"],
])("refuses by name what a resumed run could not have again: %s", async (text, named) => {
  await bench.made.add("0002_n", `${head}${text};\nselect 1;`);
  await expect(run()).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining(named) });
  expect(await bench.has("public.t")).toBe(false);
});

test.each([
  "update public.t\nset n = 5",
  "create function f() returns void language plpgsql as $$ begin perform set_config('a.b', 'c', false); end $$",
  "do $$ begin update public.t set n = 5; set local lock_timeout = 0; execute 'set local lock_timeout = 0'; end $$",
  "do $$ begin execute 'update public.t set n = 5'; execute format('alter table %I alter n set default 1', 't'); end $$",
  "set session characteristics as transaction isolation level serializable",
  "begin; create temp table helper on commit drop as select 1; select 1; commit",
])("runs %s", async (text) => {
  await bench.made.add("0002_n", `${head}${text};`);
  await run();
  expect(await bench.hashes()).toHaveLength(2);
});
