import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { type Bench, openBench } from "../../test/support/database.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, dryRun, plan, runMigrations, status } from "../migrate.ts";
import { replay } from "./evidence.ts";
import { proposeBaseline, proposeRepair, recordProposal } from "./repair.ts";

// A ledger that others wrote, restored or changed: what is applied is known, what is new is recorded, and a failure says what to do.

let cluster: Cluster;
let bench: Bench;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  bench = await openBench(cluster);
  await bench.made.add("0001_a", "create table a (id int);");
});
afterEach(() => bench.close());

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });
const failure = async (attempt: Promise<unknown>) =>
  String(
    await attempt.then(
      () => "none",
      (cause: unknown) => cause,
    ),
  );

describe("rows", () => {
  test("twice are one migration, as Drizzle leaves them when it ran twice at once", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select hash, created_at from drizzle.__drizzle_migrations`;
    expect(await status(bench.sql, { folder: folder() })).toMatchObject({
      upToDate: true,
      unknown: [],
      repeated: [{ ledgerId: 2 }],
    });
    expect(await run()).toMatchObject({ applied: [], alreadyApplied: 1 });
    await bench.made.add("0002_b", "create table b (id int);");
    expect((await run()).applied).toMatchObject([{ tag: "0002_b" }]);
  });

  test("twice do not stand for another file of the same content", async () => {
    await bench.made.add("0002_once", "insert into a values (1);");
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select hash, created_at from drizzle.__drizzle_migrations where id = 2`;
    await bench.made.add("0003_again", "insert into a values (1);");
    expect((await run()).applied).toMatchObject([{ tag: "0003_again" }]);
    expect(await bench.sql`select id from a`).toHaveLength(2);
  });

  test("without a time are known by their hash, and said to have none", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql`update drizzle.__drizzle_migrations set created_at = null`;
    await bench.made.add("0002_b", "create table b (id int);");
    expect((await run()).applied).toMatchObject([{ tag: "0002_b" }]);
    await bench.sql`insert into drizzle.__drizzle_migrations (hash) values ('of another checkout')`;
    expect(await failure(run())).toMatch(/no journal time/);
    expect(await failure(run())).not.toMatch(/1970/);
  });

  test("without a hash are unknown, not a crash", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql.unsafe(
      "alter table drizzle.__drizzle_migrations alter hash drop not null; insert into drizzle.__drizzle_migrations (created_at) values (1)",
    );
    await expect(run()).rejects.toMatchObject({ name: "MigrationError", code: "unknown" });
    expect(await failure(run())).toMatch(/Row 2 .*no hash/);
  });

  test("with ids of eight bytes stay numbers", async () => {
    await drizzleOrmMigrate(bench.url, folder());
    await bench.sql.unsafe("alter table drizzle.__drizzle_migrations alter id type bigint");
    await bench.made.write("0001_a", "create table a (id bigint);");
    expect((await plan(bench.sql, { folder: folder() })).edited).toMatchObject([{ ledgerId: 1 }]);
  });
});

describe("the sequence", () => {
  test.each(["a real run", "a rehearsal", "a repair"])("behind its rows does not stop %s", async (way) => {
    await bench.made.add("0002_b", "create table b (id int);");
    await bench.made.list(["0001_a"]);
    await run();
    await bench.sql.unsafe(
      "insert into drizzle.__drizzle_migrations (id, hash, created_at) select 2, hash, created_at from drizzle.__drizzle_migrations",
    );
    await bench.made.list(["0001_a", "0002_b"]);
    if (way === "a rehearsal") expect((await dryRun(bench.sql, { folder: folder() })).tried).toHaveLength(1);
    else if (way === "a repair") {
      await bench.sql`create table b (id int)`;
      const empty = await openBench(cluster);
      const replayed = await replay(empty.sql, { folder: folder() });
      await empty.close();
      await recordProposal(bench.sql, {
        folder: folder(),
        proposal: await proposeRepair(bench.sql, { folder: folder(), replayed }),
      });
      expect((await status(bench.sql, { folder: folder() })).upToDate).toBe(true);
    } else expect((await run()).applied).toHaveLength(1);
  });

  test("keeps serving Drizzle afterwards", async () => {
    await run();
    await bench.sql.unsafe("update drizzle.__drizzle_migrations set id = 7");
    await bench.made.add("0002_b", "create table b (id int);");
    await run();
    await bench.made.add("0003_c", "create table c (id int);");
    await drizzleOrmMigrate(bench.url, folder());
    expect(await bench.sql`select id from drizzle.__drizzle_migrations order by id`).toEqual([
      { id: 7 },
      { id: 8 },
      { id: 9 },
    ]);
  });
});

test("an audit trigger with a sequence of its own does not mix up the notes", async () => {
  await run();
  await bench.sql.unsafe(`create table public.audit (id serial primary key, what text);
    select setval('public.audit_id_seq', 500);
    create function public.note() returns trigger language plpgsql as $$ begin insert into public.audit (what) values (tg_op); return new; end $$;
    create trigger note after insert on drizzle.__drizzle_migrations for each row execute function public.note()`);
  await bench.made.add("0002_b", "create table b (id int);");
  await run();
  const notes =
    await bench.sql`select l.id, h.tag from drizzle.__drizzle_migrations l left join environment.migration_history h on h.ledger_id = l.id order by l.id`;
  expect(notes).toMatchObject([
    { id: 1, tag: "0001_a" },
    { id: 2, tag: "0002_b" },
  ]);
  expect(await bench.sql`select id from audit`).toEqual([{ id: 501 }]);
});

describe("a ledger in another place", () => {
  test.each([
    ["another schema", { migrationsSchema: "public" }, "public.__drizzle_migrations"],
    ["under another name", { migrationsTable: "my_migrations" }, "drizzle.my_migrations"],
    [
      "both, with names that need quotes",
      { migrationsSchema: "My App", migrationsTable: "Migrations" },
      '"My App"."Migrations"',
    ],
  ])("%s is found and named, instead of running everything a second time", async (_, config, name) => {
    await drizzleOrmMigrate(bench.url, folder(), config);
    for (const attempt of [run, () => dryRun(bench.sql, { folder: folder() })]) {
      await expect(attempt()).rejects.toMatchObject({ name: "MigrationError", code: "unsupported" });
    }
    const said = await failure(run());
    expect(said).toContain(name);
    // The way out it names, taken.
    for (const statement of said.split("\n").filter((line) => line.startsWith("  "))) await bench.sql.unsafe(statement);
    expect(await run()).toMatchObject({ applied: [], alreadyApplied: 1 });
    await bench.made.add("0002_b", "create table b (id int);");
    expect((await run()).applied).toHaveLength(1);
  });

  test("a table of the application that looks like one is none", async () => {
    await bench.sql`create table migrations (id serial primary key, hash text, created_at timestamptz)`;
    await bench.sql`create table files (id serial primary key, hash text, created_at bigint)`;
    await bench.sql`insert into files (hash, created_at) values ('x', 1)`;
    expect((await run()).applied).toHaveLength(1);
  });
});

describe("the role", () => {
  async function asRole(prepare: string): Promise<string> {
    const name = `migrator_${bench.url.split("/").at(-1)}`;
    await bench.sql.unsafe(`create role ${name} login password 'm'; ${prepare.replaceAll("ROLE", name)}`);
    const url = new URL(bench.url);
    url.username = name;
    url.password = "m";
    return url.href;
  }

  test("that may not CREATE on the database works where both schemas are there", async () => {
    const url = await asRole(
      "create schema drizzle authorization ROLE; create schema environment authorization ROLE; grant create on schema public to ROLE",
    );
    const options = { folder: folder(), settings: { catalog: "local" } };
    expect((await runMigrations(url, options)).applied).toHaveLength(1);
    await bench.made.add("0002_n", "-- migrate: no-transaction\ncreate index concurrently on_a on a (id);");
    expect((await runMigrations(url, options)).applied).toHaveLength(1);
  });

  test("that may not make the schemas is told so, and that no file is at fault", async () => {
    const url = await asRole("grant create on schema public to ROLE");
    const attempt = runMigrations(url, { folder: folder() });
    await expect(attempt).rejects.toMatchObject({ name: "MigrationError", details: { sqlstate: "42501" } });
    const said = await failure(attempt);
    expect(said).toMatch(/grant/);
    expect(said).not.toMatch(/Correct/);
  });

  test("that may not look into the ledger is told so", async () => {
    await run();
    const attempt = runMigrations(await asRole("select 1"), { folder: folder() });
    await expect(attempt).rejects.toMatchObject({ name: "MigrationError", details: { sqlstate: "42501" } });
    expect(await failure(attempt)).toMatch(/drizzle/);
  });

  test.each(["select", '"My Schema"', "a.b, c", "1st", '"$user", public', ""])(
    "whose search_path is %s works",
    async (path) => {
      await bench.made.add("0002_n", "-- migrate: no-transaction\nvacuum public.a;\nselect 1;");
      await bench.made.write("0001_a", "create table public.a (id int);");
      const url = new URL(bench.url);
      url.searchParams.set("options", `-c search_path=${path.replaceAll(/([\\ ])/g, "\\$1")}`);
      const href = url.href.replaceAll("+", "%20");
      expect((await runMigrations(href, { folder: folder() })).applied).toHaveLength(2);
      expect((await dryRun(bench.sql, { folder: folder() })).tried).toHaveLength(0);
    },
  );
});

test("a role with names that need quotes in its own search_path works, and its files run under it", async () => {
  const name = `quoted_${bench.url.split("/").at(-1)}`;
  await bench.sql.unsafe(`create role ${name} superuser login password 'm'; create schema "My Schema"; create schema "select";
    alter role ${name} set search_path = 'My Schema', 'select', 'a"b'`);
  const url = new URL(bench.url);
  url.username = name;
  url.password = "m";
  await bench.made.add("0002_n", "-- migrate: no-transaction\ncreate table n (id int);");
  expect((await runMigrations(url.href, { folder: folder() })).applied).toHaveLength(2);
  expect(await bench.sql`select schemaname, tablename from pg_tables where schemaname ~ '^My' order by 2`).toEqual([
    { schemaname: "My Schema", tablename: "a" },
    { schemaname: "My Schema", tablename: "n" },
  ]);
});

describe("two files of the same content", () => {
  beforeEach(async () => {
    await bench.made.add("0002_same", "drop table if exists s; create table s (id int);");
    await bench.made.add("0003_same", "drop table if exists s; create table s (id int);");
  });
  const replayed = async () => {
    const empty = await openBench(cluster);
    try {
      return await replay(empty.sql, { folder: folder() });
    } finally {
      await empty.close();
    }
  };

  test.each([
    ["repair", proposeRepair],
    ["baseline", proposeBaseline],
  ])("are both recorded by %s, and neither runs again", async (_, propose) => {
    await bench.sql.unsafe("create table a (id int); create table s (id int); insert into s values (1)");
    const options = { folder: folder(), replayed: await replayed() };
    await recordProposal(bench.sql, { folder: folder(), proposal: await propose(bench.sql, options) });
    expect(await status(bench.sql, { folder: folder() })).toMatchObject({ upToDate: true, applied: [{}, {}, {}] });
    await run();
    expect(await bench.sql`select id from s`).toHaveLength(1);
  });

  test("where one is applied already, repair records the other", async () => {
    await bench.made.list(["0001_a", "0002_same"]);
    await run();
    await bench.made.list(["0001_a", "0002_same", "0003_same"]);
    const options = { folder: folder(), replayed: await replayed() };
    await recordProposal(bench.sql, { folder: folder(), proposal: await proposeRepair(bench.sql, options) });
    expect((await status(bench.sql, { folder: folder() })).upToDate).toBe(true);
  });
});

describe("every failure is a MigrationError that says what to do", () => {
  const url = () => new URL(bench.url);
  test.each<[string, () => string, RegExp]>([
    ["a wrong password", () => bench.url.replace("cluster%20password", "wrong"), /28P01[\s\S]*connection string/],
    ["a database that is not there", () => `${bench.url}_none`, /3D000[\s\S]*connection string/],
    ["a port nobody listens on", () => bench.url.replace(url().port, "1"), /127\.0\.0\.1:1[\s\S]*ECONNREFUSED/],
    [
      "a host nobody knows",
      () => bench.url.replace("127.0.0.1", "no-such-host.invalid"),
      /no-such-host\.invalid[\s\S]*ENOTFOUND|EAI_AGAIN/,
    ],
    ["a server without TLS", () => `${bench.url}?sslmode=require`, /sslmode|TLS/],
    ["a string that is none", () => "postgres://u:p/w@h/x", /percent-encoded/],
  ])("%s", async (_, address, reason) => {
    const attempt = runMigrations(address(), { folder: folder() });
    await expect(attempt).rejects.toMatchObject({ name: "MigrationError", code: "connection" });
    expect(await failure(attempt)).toMatch(reason);
    expect(await failure(attempt)).not.toMatch(/Correct|cluster password|wrong/);
  });

  test("a ledger that does not take the row is at fault, not the file", async () => {
    await run();
    await bench.sql.unsafe("alter table drizzle.__drizzle_migrations add constraint mine check (id < 2)");
    await bench.made.add("0002_b", "create table b (id int);");
    const said = await failure(run());
    expect(said).toMatch(/23514[\s\S]*drizzle\.__drizzle_migrations/);
    expect(said).not.toMatch(/Correct/);
  });

  test.each([
    ["create table public.b (id int);", "42501", /role/],
    ["set transaction read only; create table b (id int);", "25006", /read.only|primary/],
    ["create extension no_such_extension;", /58P01|0A000/, /[Ee]xtension|extension/],
  ])("%s is not the file's fault", async (sql, sqlstate, reason) => {
    await run();
    const role = `limited_${bench.url.split("/").at(-1)}`;
    await bench.sql.unsafe(
      `create role ${role}; grant all on all tables in schema drizzle, environment to ${role}; grant usage on schema drizzle, environment to ${role}`,
    );
    await bench.made.add("0002_b", sqlstate === "42501" ? `set local role ${role}; ${sql}` : sql);
    const attempt = run();
    const error: unknown = await attempt.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "MigrationError", details: { sqlstate: expect.stringMatching(sqlstate) } });
    expect(String(error)).toMatch(reason);
    expect(String(error)).not.toMatch(/Correct/);
  });

  test("a mistake in the file is the file's", async () => {
    await bench.made.add("0002_b", "create tabel b ();");
    expect(await failure(run())).toMatch(/Correct .*0002_b\.sql and run again/);
  });
});
