import { afterEach, beforeEach, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { type Bench, openBench } from "../../test/support/database.ts";
import { drizzleKitMigrate, drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, plan } from "../migrate.ts";
import { proposeBaseline } from "./adoption/baseline.ts";
import { replay } from "./evidence.ts";
import { proposeRepair, recordProposal } from "./repair.ts";

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
  await expect(apply(bench.sql, { folder: folder() })).rejects.toMatchObject({
    code: "unknown",
    message: expect.stringMatching(/110 rows of the ledger are migrations.*up to row 110/),
  });
  expect((await plan(bench.sql, { folder: folder() })).refusals).toHaveLength(1);
  const replayed = await replay(shadow.sql, { folder: folder() });
  const first = await proposeBaseline(bench.sql, { folder: folder(), replayed });
  expect(first.theirs).toHaveLength(110);
  expect(first.differences.map(({ name, live }) => `${name}: ${live}`).sort()).toEqual([
    "column public.a.m: character varying",
    "function public.f(): null",
    "grants on function public.f() to PUBLIC: null",
    "index public.a_n: null",
    "owner of function public.f(): null",
  ]);
  expect(first.left).toMatchObject([
    { tag: "0000_a", reason: expect.stringContaining("--accept 0000_a") },
    { tag: "0001_b", reason: expect.stringContaining("0 of") },
  ]);
  const accepted = await proposeBaseline(bench.sql, { folder: folder(), replayed, accept: ["0000_a"] });
  expect(accepted.changes.filter(({ action }) => action === "record")).toMatchObject([{ tag: "0000_a" }]);
  const strange = proposeBaseline(bench.sql, { folder: folder(), replayed, accept: ["0009_no"] });
  await expect(strange).rejects.toThrow("0009_no");
  await bench.sql.unsafe(
    "alter table a alter m type text; create index a_n on a (n); create function f() returns int language sql as $$ select 1; $$",
  );
  await bench.made.add("0002_c", "create table c (id int);");
  const proposal = await proposeBaseline(bench.sql, { folder: folder(), replayed: await replayAgain() });
  const missing = ["column public.c.id", "owner of relation public.c", "relation public.c"];
  expect(proposal.differences.map(({ name }) => name).sort()).toEqual(missing);
  expect(proposal.left).toMatchObject([{ tag: "0002_c", reason: "not applied: stays pending" }]);
  await recordProposal(bench.sql, { folder: folder(), proposal });
  const planned = await plan(bench.sql, { folder: folder() });
  expect(planned).toMatchObject({ pending: [{ tag: "0002_c" }], unknown: [], refusals: [] });
  expect(planned.accepted).toHaveLength(110);
  expect((await apply(bench.sql, { folder: folder() })).applied).toMatchObject([{ tag: "0002_c" }]);
  expect(await bench.sql`select count(*)::int as n from drizzle.__drizzle_migrations`).toMatchObject([{ n: 113 }]);
});

test("a baseline records nothing about security on a part of the evidence, and nothing that leaves nothing to see", async () => {
  await bench.sql.unsafe("create role anon nologin").catch(() => {});
  await bench.made.add("0002_rls", "alter table a enable row level security; create policy p on a using (true);");
  await bench.made.add(
    "0003_grants",
    "create table g (id int); revoke all on a from public; grant select, insert on a to anon;",
  );
  await bench.made.add("0004_rows", "insert into a (n) values (1);");
  await apply(bench.sql, { folder: folder() });
  const replayed = await replay(shadow.sql, { folder: folder() });
  await bench.sql.unsafe(
    "truncate drizzle.__drizzle_migrations, environment.migration_history; drop policy p on a; revoke insert on a from anon",
  );
  const accept = ["0002_rls", "0003_grants", "0004_rows"];
  const propose = () => proposeBaseline(bench.sql, { folder: folder(), replayed, accept });
  const partly = await propose();
  expect(partly.differences.map(({ name }) => name).sort()).toEqual([
    "grants on relation public.a to anon",
    "policy public.a.p",
  ]);
  expect(partly.left).toMatchObject([
    { tag: "0002_rls", reason: expect.stringContaining("1 of 2 shown, and it decides who may do what") },
    { tag: "0003_grants", reason: expect.stringContaining("it decides who may do what") },
  ]);
  expect((await proposeBaseline(bench.sql, { folder: folder(), replayed })).left.at(-1)).toMatchObject({
    tag: "0004_rows",
    reason: expect.stringContaining("nothing lasting to see"),
  });
  await bench.sql.unsafe("create policy p on a using (true); grant insert on a to anon");
  expect((await propose()).left).toEqual([]);
  await bench.sql.unsafe("alter table g owner to anon");
  expect((await propose()).differences).toMatchObject([{ name: "owner of relation public.g", live: "anon" }]);
});

test("a baseline records a table's migration with the one that moved it, and neither where it is in neither place", async () => {
  await bench.made.add("0002_made", "create table moved (id int);");
  await bench.made.add("0003_moved", "create schema far; alter table moved set schema far;");
  await bench.sql.unsafe(`
    create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
    insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', 1)`);
  const replayed = await replay(shadow.sql, { folder: folder() });
  const decided = async () => {
    const { changes } = await proposeBaseline(bench.sql, { folder: folder(), replayed });
    return changes.filter(({ action }) => action === "record");
  };
  expect(await decided()).toEqual([]);
  await bench.sql.unsafe("create schema far; create table far.moved (id int)");
  expect(await decided()).toMatchObject([{ tag: "0003_moved" }, { tag: "0002_made", followers: ["0003_moved"] }]);
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
    { tag: "0004_d", evidence: { verdict: "partly applied", shown: 3, of: 4 } },
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
