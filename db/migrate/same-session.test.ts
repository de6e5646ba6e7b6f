import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { type Bench, openBench } from "../../test/support/database.ts";
import { apply, dryRun } from "../migrate.ts";
import { migrationLockKey } from "./lock.ts";

// Each migration starts from the same session: one run of ten equals ten runs of one.

let cluster: Cluster;
let bench: Bench;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.admin.unsafe(
    "create role owner_of_things nologin; grant create on database postgres to owner_of_things;" +
      `create role cli_login_postgres login password '${cluster.password}'; create role platform createdb createrole;` +
      "grant platform to cli_login_postgres with inherit false; grant owner_of_things to platform; " +
      "alter role cli_login_postgres set role to 'platform'",
  );
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  bench = await openBench(cluster);
  await bench.made.add(
    "0000_seen",
    `create schema app; create table public.seen (name text, value text);
     create function app.last_of_session() returns text language plpgsql as
     $$ begin return currval('app.s'); exception when others then return sqlstate; end $$;`,
  );
});
afterEach(() => bench.close());

const setting = (name: string) => `coalesce(nullif(current_setting('${name}', true), ''), '-')`;

// What one file does, and an expression that shows whether the next one notices.
const cases: [string, string, string][] = [
  ["session_replication_role", "set session_replication_role = replica", setting("session_replication_role")],
  ["the time zone", "set time zone 'Asia/Tokyo'", setting("TimeZone")],
  ["check_function_bodies", "set check_function_bodies = off", setting("check_function_bodies")],
  ["the date style", "set datestyle = 'German'", setting("DateStyle")],
  ["a setting of the application", "set app.tenant = '5'", setting("app.tenant")],
  ["set_config", "select set_config('statement_timeout', '1234', false)", setting("statement_timeout")],
  ["search_path", "set search_path = app", setting("search_path")],
  ["row_security", "set row_security = off", setting("row_security")],
  ["a temporary table", "create temp table helper (n int)", "coalesce(to_regclass('helper')::text, '-')"],
  ["a role", "set role owner_of_things", "current_user::text"],
  ["a session authorization", "set session authorization owner_of_things", "session_user::text || current_user::text"],
  [
    "a prepared statement",
    "prepare p as select 1",
    "(select count(*) from pg_prepared_statements where from_sql)::text",
  ],
  [
    "a cursor with hold",
    "declare c cursor with hold for select 1",
    "(select count(*) from pg_cursors where name = 'c')::text",
  ],
  ["a channel", "listen news", "(select count(*) from pg_listening_channels())::text"],
  [
    "an advisory lock",
    "select pg_advisory_lock(-5), pg_advisory_lock(-5), pg_advisory_lock_shared(-7, -8)",
    "(select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())::text",
  ],
  ["the last value of a sequence", "create sequence app.s; select nextval('app.s')", "app.last_of_session()"],
  [
    "read only as the default",
    "set session characteristics as transaction read only",
    setting("default_transaction_read_only"),
  ],
];

async function seen(): Promise<unknown[]> {
  return (await bench.sql`select name, value from public.seen order by name`).map((row) => ({ ...row }));
}

/** Adds the case's file and one that notes what is left of it, each in both forms. */
async function addPair(form: string, change: string, shown: string): Promise<void> {
  await bench.made.add("0001_change", `${form}${change};`);
  await bench.made.add("0002_note", `insert into public.seen values ('inside', ${shown});`);
  await bench.made.add(
    "0003_note",
    `-- migrate: no-transaction\ninsert into public.seen values ('outside', ${shown});`,
  );
}

/** Both files see the same in one run as in two, and both see something. */
async function expectSameApart(): Promise<void> {
  await apply(bench.sql, { folder: bench.made.folder });
  const together = await seen();
  await bench.sql`truncate public.seen`;
  await bench.sql`delete from drizzle.__drizzle_migrations where id > 2`;
  for (const through of ["0002_note", "0003_note"]) {
    await apply(bench.connect(), { folder: bench.made.folder, through });
  }
  expect(together).toEqual(await seen());
  expect(together).toHaveLength(2);
  expect(await bench.locks()).toBe(0);
}

test.each(cases)("%s of one file is gone in the next", async (_, change, shown) => {
  await addPair("", change, shown);
  await expectSameApart();
});

// What holds for new sessions: each run of one begins one. Of the last two nothing may be followed.
const database = (what: string) =>
  `do $$ begin execute format('alter database %I ${what}', current_database()); end $$`;
const own = (what: string) =>
  `do $$ begin execute format('alter role postgres in database %I ${what}', current_database()); end $$`;

test.each([
  ["time zone", database("set timezone = ''Asia/Tokyo''"), setting("TimeZone")],
  ["search_path", database('set search_path = app, public, "of $user"'), "current_setting('search_path')"],
  ["search_path of the role", own("set search_path = app, public"), "current_setting('search_path')"],
  [
    "name of the application, which the connection gives",
    database("set application_name = ''x''"),
    setting("application_name"),
  ],
  [
    "limit, which the run sets",
    database("set client_connection_check_interval = ''9s''"),
    setting("client_connection_check_interval"),
  ],
])("a file that changes the database's own %s is followed in one run as in runs of one", async (_, change, shown) => {
  await addPair("", change, shown);
  await expectSameApart();
});

test.each([
  ["time zone", "set timezone = ''Asia/Tokyo''", "reset timezone", setting("TimeZone")],
  ["search_path", "set search_path = app, public", "reset all", "current_setting('search_path')"],
  ["setting of the application's own", "set app.tenant = ''5''", "reset app.tenant", setting("app.tenant")],
])(
  "a file that takes the database's own %s back is followed in one run as in runs of one",
  async (_, set, reset, shown) => {
    await bench.sql.unsafe(database(set));
    await bench.made.add("0001_change", `${database(reset)};`);
    for (const form of ["", "-- migrate: no-transaction\n"])
      await bench.made.add(`0002_note${form.length}`, `${form}insert into public.seen values ('n', ${shown});`);
    // A session that began before.
    await apply(bench.connect(), { folder: bench.made.folder });
    const together = await seen();
    await bench.sql`truncate public.seen`;
    await bench.sql`delete from drizzle.__drizzle_migrations where id > 2`;
    await apply(bench.connect(), { folder: bench.made.folder });
    expect(together).toEqual(await seen());
    expect(together).toHaveLength(2);
  },
);

test("a search_path that the caller set comes before a changed one", async () => {
  await bench.sql`set search_path = app, public`;
  await addPair("", database("set search_path = public"), "current_setting('search_path')");
  await apply(bench.sql, { folder: bench.made.folder });
  expect(await seen()).toMatchObject([{ value: "app, public" }, { value: "app, public" }]);
});

const kept = cases.filter(([, change]) => !/temp|prepare|declare|nextval|read only/.test(change));

test.each(kept)("%s of a no-transaction file is gone in the next", async (_, change, shown) => {
  await addPair("-- migrate: no-transaction\n", change, shown);
  await expectSameApart();
});

test("over a cli_login role each migration runs as the role it stands for, whatever the one before did", async () => {
  await bench.sql.unsafe(
    "create schema drizzle authorization platform; create schema environment authorization platform; grant create on schema public to platform",
  );
  const database = bench.url.split("/").at(-1);
  await bench.sql.unsafe(`grant create on database ${database} to platform, owner_of_things`);
  const sql = bench.connect({ user: "cli_login_postgres", pass: cluster.password } as object);
  await bench.made.add("0001_role", "set role owner_of_things; create schema things;");
  await bench.made.add("0002_who", "insert into public.seen select 'inside', session_user || ' as ' || current_user;");
  await bench.made.add("0003_none", "-- migrate: no-transaction\nset role none;\nselect 1;");
  await bench.made.add("0004_who", "insert into public.seen select 'outside', session_user || ' as ' || current_user;");
  await apply(sql, { folder: bench.made.folder });
  expect(await seen()).toEqual([
    { name: "inside", value: "cli_login_postgres as platform" },
    { name: "outside", value: "cli_login_postgres as platform" },
  ]);
  const [owner] = await bench.sql`select nspowner::regrole::text as role from pg_namespace where nspname = 'things'`;
  expect(owner?.role).toBe("owner_of_things");
  expect((await sql`select current_user::text as user`)[0]?.user).toBe("platform");
});

test("a role set with SET before the run is the role of every migration and stays after it", async () => {
  await bench.sql.unsafe("grant create on schema public to platform");
  await bench.sql.unsafe(`grant create on database ${bench.url.split("/").at(-1)} to platform`);
  await bench.sql.unsafe("set role platform");
  await bench.made.add("0001_reset", "reset role; select 1;");
  await bench.made.add("0002_who", "insert into public.seen values ('who', current_user);");
  await apply(bench.sql, { folder: bench.made.folder });
  expect(await seen()).toEqual([{ name: "who", value: "platform" }]);
  expect((await bench.sql`select current_user::text as user`)[0]?.user).toBe("platform");
});

test.each(["reset all", "do $$ begin execute 'reset all'; end $$"])(
  "%s leaves the run its mark, its lock and its time-outs",
  async (text) => {
    await bench.made.add(
      "0001_reset",
      `${text}; insert into public.seen values ('limit', current_setting('lock_timeout'));`,
    );
    await bench.made.add(
      "0002_held",
      `insert into public.seen select 'held', count(*) from pg_locks where pid = pg_backend_pid() and ((classid::bigint << 32) | objid::bigint) = ${migrationLockKey};
       insert into public.seen values ('check', current_setting('client_connection_check_interval'));`,
    );
    await apply(bench.sql, { folder: bench.made.folder });
    const found = await seen();
    expect(found).toContainEqual({ name: "held", value: "1" });
    expect(found).toContainEqual({ name: "check", value: "2s" });
    if (text === "reset all") expect(found).toContainEqual({ name: "limit", value: "2s" });
    expect(await bench.locks()).toBe(0);
  },
);

test.each(["discard all", "select pg_advisory_unlock_all()"])("refuses %s by name, in either form", async (text) => {
  for (const form of ["", "-- migrate: no-transaction\n"]) {
    await bench.made.add(`000${form.length}_x`, `${form}select 1;\n${text};`);
    await expect(apply(bench.sql, { folder: bench.made.folder })).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/(DISCARD ALL|pg_advisory_unlock_all)[\s\S]*migration lock/),
    });
  }
  expect(await bench.has("public.seen")).toBe(false);
});

test("a rehearsal starts each migration from the same session too", async () => {
  await bench.made.add(
    "0001_role",
    "set role owner_of_things; set app.tenant = '5'; create temp table helper (n int);",
  );
  await bench.made.add(
    "0002_who",
    "do $$ begin if current_user = 'owner_of_things' or current_setting('app.tenant', true) = '5' or to_regclass('helper') is not null then raise 'not the same'; end if; end $$;",
  );
  expect((await dryRun(bench.sql, { folder: bench.made.folder })).tried).toHaveLength(3);
  expect(await bench.locks()).toBe(0);
});

test("the caller's own prepared statements come through a run", async () => {
  const asked = () => bench.sql`select ${"kept"}::text as word`;
  await asked();
  await bench.made.add("0001_x", "prepare p as select 1;");
  await apply(bench.sql, { folder: bench.made.folder });
  expect((await asked())[0]?.word).toBe("kept");
});
