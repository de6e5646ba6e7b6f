import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { errorOf } from "../../test/database/migrated.ts";
import { database, login, openAgain, program, role, test } from "../../test/support/reader.ts";

test("the reader reads the schema and nothing else", async () => {
  await role.up(program());
  expect(role.state).toMatchObject({
    user: "fdw_catalog_ro_a",
    passwordAccepted: true,
    differences: [],
    beyondReach: [],
  });
  const sql = login();
  expect(await sql`select count(*)::int as n from catalog.thing`).toEqual([{ n: 2 }]);
  expect(await sql`select count(*)::int as n from catalog.guarded`).toEqual([{ n: 1 }]);
  const [limits] = await sql`
    select current_setting('statement_timeout') as statement, current_setting('idle_session_timeout') as idle,
      current_setting('idle_in_transaction_session_timeout') as transaction,
      current_setting('default_transaction_read_only') as read_only`;
  expect(limits).toEqual({ statement: "1min", idle: "5min", transaction: "1min", read_only: "on" });
  expect((await errorOf(sql`insert into catalog.thing values (3)`)).code).toBe("25006");
  expect((await errorOf(sql`create temporary table t (id int)`)).code).toBe("25006");
  await sql`set default_transaction_read_only = off`;
  expect((await errorOf(sql`insert into catalog.thing values (3)`)).code).toBe("42501");
  expect((await errorOf(sql`select * from public.private`)).code).toBe("42501");
  expect((await errorOf(sql`create table catalog.mine (id int)`)).code).toBe("42501");
  await database.sql`create table catalog.later (id int)`;
  expect(await sql`select * from catalog.later`).toEqual([]);
  await sql.end();
  await role.refresh();
  expect(await role.up(program())).toEqual([]);
});

test("what the reader may do beyond reading the schema is listed, by whatever role it was granted", async () => {
  await role.up(program());
  const before: string[] = role.state.beyondSelect;
  expect(before).toContain("create temporary tables");
  await database.sql.unsafe(`
    create function public.everything() returns text language sql security definer as 'select current_user::text';
    create function catalog.helper() returns int language sql as 'select 1';
    create table public.board (id serial primary key);
    grant select, insert on public.board to public;
    grant usage on sequence public.board_id_seq to public;
    grant create on schema public to public;`);
  await role.refresh();
  const added = role.state.beyondSelect.filter((text: string) => !before.includes(text));
  expect(added).toEqual([
    "create objects in schema public",
    "SELECT, INSERT on public.board",
    "USAGE on public.board_id_seq",
    "run everything(), which acts as postgres",
    "run 1 functions of schema catalog, as itself",
  ]);
  // It is true: the reader does become somebody else in there.
  const sql = login();
  expect(await sql`select public.everything() as who`).toEqual([{ who: "postgres" }]);
  await sql.end();
  expect(role.diff(program())).toEqual([]);
});

test("tables that any role postgres can act as makes later are readable, those of strangers are named", async () => {
  await database.sql.unsafe(`
    create role builder;
    grant builder to postgres;
    grant usage, create on schema catalog to builder;`);
  await role.up(program());
  await database.sql.unsafe("set role builder; create table catalog.built (id int); reset role");
  const sql = login();
  expect(await sql`select * from catalog.built`).toEqual([]);
  const platform = await database.connectAsPlatform();
  await platform`create table catalog.strange (id int)`;
  await role.refresh();
  expect(role.state.beyondReach).toEqual([
    "catalog.strange belongs to supabase_admin, which has to: grant select on catalog.strange to fdw_catalog_ro",
  ]);
  expect(role.diff(program())).toEqual([]);
  await sql.end();
});

test("what is changed behind its back is a difference and is repaired", async () => {
  await role.up(program());
  const { password } = role.state;
  await database.sql.unsafe(`
    create role stranger;
    create sequence public.numbers;
    create function public.hidden() returns int language sql as 'select 1';
    revoke execute on function public.hidden() from public;`);
  const outside: [string, string[]][] = [
    ["revoke select on catalog.thing from fdw_catalog_ro", ["differences"]],
    ["revoke usage on schema catalog from fdw_catalog_ro", ["differences"]],
    ['drop policy "fdw_catalog_ro reads all rows" on catalog.guarded', ["differences"]],
    ["alter default privileges in schema catalog revoke select on tables from fdw_catalog_ro", ["differences"]],
    ["grant insert on catalog.thing to fdw_catalog_ro_a", ["differences"]],
    ["grant select on public.private to fdw_catalog_ro", ["differences"]],
    ["alter role fdw_catalog_ro_a connection limit -1", ["connectionLimit"]],
    ["alter role fdw_catalog_ro_a set statement_timeout = 0", ["statementTimeoutSeconds"]],
    ["alter role fdw_catalog_ro_a reset idle_session_timeout", ["idleSessionTimeoutSeconds"]],
    ["revoke fdw_catalog_ro from fdw_catalog_ro_a", ["differences"]],
    ["alter role fdw_catalog_ro_a nologin", ["passwordAccepted", "differences"]],
    ["alter role fdw_catalog_ro_a password 'another'", ["passwordAccepted"]],
    ["grant create on database postgres to fdw_catalog_ro_a", ["differences"]],
    ["grant execute on function public.hidden() to fdw_catalog_ro", ["differences"]],
    ["grant usage on sequence public.numbers to fdw_catalog_ro", ["differences"]],
    ["grant select (id) on public.private to fdw_catalog_ro_a", ["differences"]],
    ["grant fdw_catalog_ro to anon", ["differences"]],
    ["grant fdw_catalog_ro_a to stranger", ["differences"]],
    ["grant stranger to fdw_catalog_ro_a", ["differences"]],
    ["alter role fdw_catalog_ro_a valid until '2020-01-01'", ["passwordAccepted", "differences"]],
    ["alter role fdw_catalog_ro_a set search_path = public", ["differences"]],
    ["alter role fdw_catalog_ro set work_mem = '64kB'", ["differences"]],
    ["alter role fdw_catalog_ro_a in database postgres set work_mem = '64kB'", ["differences"]],
    ["drop role fdw_catalog_ro_a", ["connectionLimit", "passwordAccepted", "differences"]],
  ];
  for (const [statement, expected] of outside) {
    await database.sql.unsafe(statement);
    await role.refresh();
    expect(role.diff(program()), statement).toEqual(expect.arrayContaining(expected));
    await role.refresh();
    await role.up(program());
    expect(role.diff(program()), statement).toEqual([]);
    expect(role.state.differences, statement).toEqual([]);
    // Those who hold the password can go on.
    expect(role.state.password).toBe(password);
  }
  await role.refresh();
  expect(role.diff(program())).toEqual([]);
  const sql = login();
  expect(await sql`select count(*)::int as n from catalog.guarded`).toEqual([{ n: 1 }]);
  await sql.end();
});

test("it is deleted while a session of it is open, and deleted again", async () => {
  await role.up(program());
  const sql = login();
  await sql`select 1`;
  await role.delete();
  expect(await database.sql`select 1 from pg_roles where rolname like 'fdw%'`).toHaveLength(0);
  expect(await database.sql`select 1 from pg_policy`).toHaveLength(0);
  await role.delete();
  expect(await role.refresh()).toBe(false);
  role.state = undefined;
  expect(await role.up(program())).toEqual(["created"]);
});

test("neither password nor verifier reaches the log or pg_stat_statements", async () => {
  await role.up(program());
  await database.sql.unsafe("alter role fdw_catalog_ro_a password null");
  await role.refresh();
  await role.up(program());
  const log = await readFile(database.logFile, "utf8");
  expect(log).toContain("alter role fdw_catalog_ro_a password null");
  expect(log).not.toContain(role.state.password);
  expect(log).not.toContain("SCRAM-SHA-256$");
  const [found] = await database.sql`
    select count(*)::int as n from extensions.pg_stat_statements where query like '%SCRAM-SHA-256' || '$%'`;
  expect(found?.n).toBe(0);
});

test.each([
  ["with the parameter privilege, as the platform gives it, nothing is recorded", true],
  ["without it, what was recorded is removed, and that is said", false],
])("statistics of nested statements: %s", async (_, granted) => {
  const platform = await database.connectAsPlatform();
  await platform.unsafe("alter database postgres set pg_stat_statements.track = 'all'");
  if (!granted) await platform.unsafe("revoke set on parameter pg_stat_statements.track from postgres");
  await platform.unsafe("select extensions.pg_stat_statements_reset()");
  await openAgain();
  await role.up(program());
  const fresh = database.connect();
  const rows = await fresh`select query from extensions.pg_stat_statements`;
  expect(rows.some(({ query }) => /begin|set local|pg_try_advisory/i.test(query))).toBe(true);
  expect(JSON.stringify(rows)).not.toContain("SCRAM-SHA-256$");
  expect(await fresh`show pg_stat_statements.track`).toEqual([{ "pg_stat_statements.track": "all" }]);
  expect(role.messages.some((text) => /recorded a password verifier; its row was removed/.test(text))).toBe(!granted);
  expect(rows.some(({ query }) => /^alter role "?fdw/i.test(query) && !/password/i.test(query))).toBe(true);
  await fresh.end();
});

test("refused: the platform's names, and a schema that is not there", async () => {
  for (const name of ["anon", "supabase_reader", "pg_reader", "Upper"]) {
    expect(() => role.checked(program({ name }))).toThrow(/name: /);
  }
  await expect(role.up(program({ schema: "missing" }))).rejects.toThrow(/schema missing does not exist.*migrations/);
});
