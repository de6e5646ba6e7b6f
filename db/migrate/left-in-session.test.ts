import { expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { apply, plan } from "../migrate.ts";
import { repairProgress } from "./repair-progress.ts";

// What a function, a trigger or a body makes of the session, which no text of the file says.

const head = "-- migrate: no-transaction\n";
const run = () => apply(bench.connect(), { folder: bench.made.folder, retries: 0 });
const noted = async () => (await bench.sql`select what from public.log order by n`).map(({ what }) => what);

const functions = `
  create table public.log (n serial, what text); create table public.fires (n int); create schema app;
  create function app.use_tenant() returns void language plpgsql as $$ begin perform set_config('app.tenant', '5', false); end $$;
  create function app.use_path() returns void language plpgsql as $$ begin execute 'set search' || '_path = app'; end $$;
  create function app.locally() returns void language plpgsql as
  $$ begin set local work_mem = '7MB'; perform set_config('app.tenant', '6', true); create temp table scratch on commit drop as select 1; end $$;
  create function app.fired() returns trigger language plpgsql as $$ begin set datestyle = 'German'; return new; end $$;
  create trigger fired after insert on public.fires for each row execute function app.fired();
  create procedure app.proceed() language plpgsql as $$ begin set work_mem = '9MB'; commit; end $$;
  create function app.run(text) returns void language plpgsql as $$ begin execute $1; end $$;`;

const shown = (what: string) => `insert into public.log (what) values (${what});`;
const tenant = "coalesce(nullif(current_setting('app.tenant', true), ''), '-')";

const cases: [what: string, statement: string, shown: string, value: string][] = [
  ["a function sets one of its own", "select app.use_tenant()", tenant, "5"],
  ["a function sets search_path by EXECUTE", "select app.use_path()", "current_setting('search_path')", "app"],
  ["a trigger sets one", "insert into public.fires values (1)", "current_setting('datestyle')", "German, DMY"],
  ["a procedure that commits sets one", "call app.proceed()", "current_setting('work_mem')", "9MB"],
  ["a body calls such a function", "do $$ begin perform app.use_tenant(); end $$", tenant, "5"],
  ["a group calls such a function", "begin; select app.use_tenant(); select 1; commit", tenant, "5"],
  [
    "a function takes one of the file back",
    `set datestyle = 'SQL'; ${runs("reset datestyle")}`,
    "current_setting('datestyle')",
    "ISO, MDY",
  ],
  [
    "a function sets for its transaction only",
    "select app.locally()",
    `${tenant} || current_setting('work_mem')`,
    "-4MB",
  ],
];

function runs(text: string): string {
  return `select app.run('${text}')`;
}

test.each(cases)("%s: it holds to the end of the file, over an interruption too", async (_, statement, what, value) => {
  await bench.made.add("0001_f", functions);
  await bench.made.add(
    "0002_n",
    `${head}${statement};\n${shown(what)}\ninsert into public.absent values (1);\n${shown(what)}`,
  );
  await expect(run()).rejects.toMatchObject({ details: { sqlstate: "42P01" } });
  await bench.sql`create table public.absent (n int)`;
  await run();
  expect(await noted()).toEqual([value, value]);
});

test.each([
  ["create temp table helper as select 1 as n", "temporary table helper"],
  ["prepare p as select 1", "prepared statement p"],
  ["listen news", "channel news"],
  ["select pg_advisory_lock(-5)", "advisory lock -5"],
])("what nothing makes again is refused by name on resume, with the way out: %s", async (text, named) => {
  await bench.made.add("0001_f", functions);
  await bench.made.add(
    "0002_n",
    `${head}select 1;\n${runs(text)};\ninsert into public.absent values (1);\n${shown("'end'")}`,
  );
  await expect(run()).rejects.toMatchObject({ details: { statement: 3 } });
  await bench.sql`create table public.absent (n int)`;
  await expect(run()).rejects.toMatchObject({ code: "edited", message: expect.stringContaining(named) });
  await expect(run()).rejects.toThrow(/statement 2 \(\S+0002_n\.sql:3\).*--again 0002_n:2 .*--done 0002_n:2/);
  expect((await plan(bench.sql, { folder: bench.made.folder })).refusals).toHaveLength(1);
  expect(await noted()).toEqual([]);
  await repairProgress(bench.connect(), { folder: bench.made.folder, tag: "0002_n", statement: 2, state: "done" });
  await run();
  expect(await noted()).toEqual(["end"]);
});

test("a role that a function takes ends the run by name, and does nothing as somebody else", async () => {
  await bench.made.add("0001_f", functions);
  await bench.made.add("0002_n", `${head}${runs("set role pg_monitor")};\n${shown("current_user")}`);
  await expect(run()).rejects.toThrow(/statement 1 of 2 \(\S+0002_n\.sql:2\) took another role[\s\S]*--done 0002_n:1/);
  await expect(run()).rejects.toMatchObject({ code: "edited", message: expect.stringContaining("the role") });
  await repairProgress(bench.connect(), { folder: bench.made.folder, tag: "0002_n", statement: 1, state: "done" });
  await run();
  expect(await noted()).toEqual(["postgres"]);
});

test("in a large file too, behind its last finished statement and at the first of each kind", async () => {
  await bench.made.add("0001_f", functions);
  const many = Array.from({ length: 600 }, (_, n) => `insert into public.log (what) values ('${n}');`);
  const middle = many.slice(0, 300).join("\n");
  await bench.made.add(
    "0002_n",
    `${head}${middle}\nselect app.use_tenant();\n${many.slice(300).join("\n")}\nselect app.use_path();\ninsert into public.absent values (1);\n${shown(tenant)}\n${shown("current_setting('search_path')")}`,
  );
  await expect(run()).rejects.toMatchObject({ details: { statement: 603 } });
  await bench.sql`create table public.absent (n int)`;
  await run();
  expect((await noted()).slice(-2)).toEqual(["5", "app"]);
});

test("where the server went down right behind a statement, it is said that no look was possible", async () => {
  await bench.made.add("0001_f", functions);
  await bench.made.add("0002_n", `${head}select 1;\ninsert into public.absent values (1);`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 2 } });
  await bench.sql`update environment.migration_progress set session = '"?"'`;
  await expect(run()).rejects.toThrow(/statement 1 .*the server went down right behind it.*--done 0002_n:1/);
});
