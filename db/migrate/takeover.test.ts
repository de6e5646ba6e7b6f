import { afterEach, beforeEach, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { type Bench, openBench } from "../../test/support/database.ts";
import { drizzleKitMigrate, drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, plan } from "../migrate.ts";
import { replay } from "./evidence.ts";
import { proposeBaseline, proposeRepair, recordProposal } from "./repair.ts";

let shadow: Bench;

beforeEach(async () => {
  shadow = await openBench(cluster);
  await bench.made.add(
    "0000_a",
    "create table a (id serial primary key, n int);--> statement-breakpoint\ncreate index a_n on a (n);",
  );
  await bench.made.add(
    "0001_b",
    "create function f() returns int language sql as $$ select 1; $$;\n--> statement-breakpoint\nalter table a add column m text;",
  );
});
afterEach(() => shadow.close());

async function replayAgain(): ReturnType<typeof replay> {
  const again = await openBench(cluster);
  try {
    return await replay(again.sql, { folder: folder() });
  } finally {
    await again.close();
  }
}

const folder = (): string => bench.made.folder;
const ledger = async (): Promise<string> =>
  JSON.stringify(await bench.sql`select id, hash, created_at from drizzle.__drizzle_migrations order by id`);

test("a database migrated by drizzle-orm is taken over without change, and back", async () => {
  await drizzleOrmMigrate(bench.url, folder());
  const before = await ledger();
  expect((await apply(bench.sql, { folder: folder() })).alreadyApplied).toBe(2);
  expect(await ledger()).toBe(before);
  expect(await bench.has("environment.migration_history")).toBe(false);
  await bench.made.add("0002_c", "create table c (id int);");
  await apply(bench.sql, { folder: folder() });
  const ours = await ledger();
  await drizzleOrmMigrate(bench.url, folder());
  expect(await ledger()).toBe(ours);
  await bench.made.add("0003_d", "create table d (id int);");
  await drizzleOrmMigrate(bench.url, folder());
  expect((await plan(bench.sql, { folder: folder() })).refusals).toEqual([]);
  expect((await apply(bench.sql, { folder: folder() })).alreadyApplied).toBe(4);
});

test("a database migrated by drizzle-kit is taken over without change, and back", async () => {
  expect(await drizzleKitMigrate(bench.url, folder())).toMatchObject({ code: 0 });
  const before = await ledger();
  expect((await apply(bench.sql, { folder: folder() })).applied).toEqual([]);
  expect(await ledger()).toBe(before);
  await bench.made.add("0002_c", "create table c (id int);");
  await apply(bench.sql, { folder: folder() });
  const ours = await ledger();
  expect(await drizzleKitMigrate(bench.url, folder())).toMatchObject({ code: 0 });
  expect(await ledger()).toBe(ours);
});

test("the ledger is made exactly as drizzle-orm makes it", async () => {
  const shape = (
    of: Bench,
  ) => of.sql`select column_name, data_type, is_nullable, column_default from information_schema.columns
    where table_schema = 'drizzle' order by ordinal_position`;
  await apply(bench.sql, { folder: folder() });
  await drizzleOrmMigrate(shadow.url, folder());
  expect(await shape(bench)).toEqual(await shape(shadow));
});

test("a database with 110 foreign ledger rows is baselined: compared, shown, recorded, theirs kept", async () => {
  await bench.sql.unsafe(
    "create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
  );
  await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) select md5(n::text), 1700000000000 + n from generate_series(1, 110) n`;
  await bench.sql.unsafe("create table a (id serial primary key, n int, m varchar); create table theirs (id int)");
  await expect(apply(bench.sql, { folder: folder() })).rejects.toMatchObject({ code: "unknown" });
  const replayed = await replay(shadow.sql, { folder: folder() });
  const first = await proposeBaseline(bench.sql, { folder: folder(), replayed });
  expect(first.theirs).toHaveLength(110);
  expect(first.differences.map(({ name, live }) => `${name}: ${live}`).sort()).toEqual([
    "column public.a.m: character varying",
    "function public.f(): null",
    "index public.a_n: null",
  ]);
  expect(first.left).toEqual([]);
  await bench.sql.unsafe(
    "alter table a alter m type text; create index a_n on a (n); create function f() returns int language sql as $$ select 1; $$",
  );
  await bench.made.add("0002_c", "create table c (id int);");
  const proposal = await proposeBaseline(bench.sql, { folder: folder(), replayed: await replayAgain() });
  expect(proposal.differences.map(({ name }) => name).sort()).toEqual(["column public.c.id", "relation public.c"]);
  expect(proposal.left).toMatchObject([{ tag: "0002_c", reason: "not applied: stays pending" }]);
  await recordProposal(bench.sql, { folder: folder(), proposal });
  const planned = await plan(bench.sql, { folder: folder() });
  expect(planned).toMatchObject({ pending: [{ tag: "0002_c" }], unknown: [], refusals: [] });
  expect(planned.accepted).toHaveLength(110);
  expect((await apply(bench.sql, { folder: folder() })).applied).toMatchObject([{ tag: "0002_c" }]);
  expect(await bench.sql`select count(*)::int as n from drizzle.__drizzle_migrations`).toMatchObject([{ n: 113 }]);
});

test("repair records only what the live schema shows", async () => {
  await apply(bench.sql, { folder: folder() });
  await bench.made.add("0002_c", "create table c (id int);");
  await bench.made.add("0003_data", "insert into a (n) values (1);");
  await bench.made.add("0004_d", "create table d (id int); create index d_id on d (id);");
  await bench.made.write(
    "0000_a",
    "-- edited\ncreate table a (id serial primary key, n int);--> statement-breakpoint\ncreate index a_n on a (n);",
  );
  await bench.made.write(
    "0001_b",
    "create function f() returns int language sql as $$ select 2; $$;alter table a add column m text;",
  );
  await bench.sql.unsafe("create table c (id int); create table d (id int)");
  const replayed = await replay(shadow.sql, { folder: folder() });
  const proposal = await proposeRepair(bench.sql, { folder: folder(), replayed });
  expect(proposal.changes).toMatchObject([
    { action: "record", tag: "0002_c", evidence: { verdict: "applied" } },
    { action: "accept-edited", tag: "0000_a", evidence: { verdict: "applied" } },
  ]);
  expect(proposal.left).toMatchObject([
    { tag: "0003_data", evidence: { verdict: "unprovable" } },
    { tag: "0004_d", evidence: { verdict: "partly applied", shown: 2, of: 3 } },
    { tag: "0001_b", evidence: { verdict: "partly applied" } },
  ]);
  await recordProposal(bench.sql, { folder: folder(), proposal });
  const planned = await plan(bench.sql, { folder: folder() });
  expect(planned.edited.map(({ tag }) => tag)).toEqual(["0001_b"]);
  expect(planned.pending.map(({ tag }) => tag)).toEqual(["0003_data", "0004_d"]);
});

test("repair keeps the row of a deleted file only where the schema lacks nothing", async () => {
  await bench.made.add("0002_c", "create table c (id int);");
  await apply(bench.sql, { folder: folder() });
  await bench.made.list(["0000_a", "0001_b"]);
  const replayed = await replay(shadow.sql, { folder: folder() });
  await bench.sql`drop index a_n`;
  expect((await proposeRepair(bench.sql, { folder: folder(), replayed })).left).toMatchObject([{ tag: "0002_c" }]);
  await bench.sql`create index a_n on a (n)`;
  const proposal = await proposeRepair(bench.sql, { folder: folder(), replayed });
  expect(proposal.changes).toMatchObject([{ action: "keep", tag: "0002_c" }]);
  await recordProposal(bench.sql, { folder: folder(), proposal });
  expect((await plan(bench.sql, { folder: folder() })).refusals).toEqual([]);
});
