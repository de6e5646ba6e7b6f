import { describe, expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { drizzleKitMigrate, drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, plan, runMigrations } from "../migrate.ts";

// Twelve ways in which Drizzle's own migrator is known to lose, double or hide a migration. Each test first shows the state
// that leads there, then what this runner does with it.

const run = () => apply(bench.sql, { folder: bench.made.folder });

describe("known failures of Drizzle's migrator", () => {
  test("1: a time in the future raises the ceiling, and later migrations are skipped", async () => {
    await bench.made.add("0001_future", "create table future (id int);", 4_000_000_000_000);
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await bench.made.add("0002_now", "create table now_there (id int);", 1_700_000_000_000);
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    expect(await bench.has("now_there")).toBe(false);
    expect((await run()).outOfOrder).toEqual(["0002_now"]);
    expect(await bench.has("now_there")).toBe(true);
  });

  test("2: an older migration merged from a branch is skipped", async () => {
    await bench.made.add("0001_main", "create table main (id int);", 1_700_000_000_000);
    await bench.made.add("0003_main", "create table main3 (id int);", 1_700_000_003_000);
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await bench.made.add("0002_branch", "create table branch (id int);", 1_700_000_002_000);
    await bench.made.list(["0001_main", "0002_branch", "0003_main"]);
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    expect(await bench.has("branch")).toBe(false);
    expect((await plan(bench.sql, { folder: bench.made.folder })).outOfOrder).toMatchObject([{ tag: "0002_branch" }]);
    await run();
    expect(await bench.has("branch")).toBe(true);
  });

  test("3: rows of another configuration in a shared ledger hide pending migrations", async () => {
    await bench.made.add("0001_a", "create table a (id int);");
    await run();
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of another service', 4000000000000)`;
    await bench.made.add("0002_b", "create table b (id int);");
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    expect(await bench.has("b")).toBe(false);
    await expect(run()).rejects.toMatchObject({ code: "unknown" });
    await bench.sql`insert into environment.migration_history (ledger_id, hash, accepted) select id, hash, 'baseline' from drizzle.__drizzle_migrations where hash ~ '^of'`;
    expect((await run()).applied).toMatchObject([{ tag: "0002_b" }]);
  });

  test("4: concurrent runs apply a migration more than once", async () => {
    await bench.made.add("0001_t", "create table if not exists t (n int); select pg_sleep(0.05);");
    await bench.made.add("0002_insert", "insert into t values (1);");
    await Promise.all([1, 2, 3, 4].map(() => runMigrations(bench.url, { folder: bench.made.folder })));
    expect(await bench.sql`select n from t`).toHaveLength(1);
    expect(await bench.hashes()).toHaveLength(2);
  });

  test("5: an edited file is ignored", async () => {
    await bench.made.add("0001_a", "create table a (id int);");
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await bench.made.write("0001_a", "create table a (id bigint);");
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await expect(run()).rejects.toThrow(/0001_a was edited after it was applied[\s\S]*--accept-edited 0001_a/);
  });

  test("6: a deleted file is ignored", async () => {
    await bench.made.add("0001_a", "create table a (id int);");
    await bench.made.add("0002_b", "create table b (id int);");
    await run();
    await bench.made.list(["0001_a"]);
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await expect(run()).rejects.toThrow(/0002_b was applied \(at 20[\s\S]*db:repair/);
  });

  test("7: an enum value added and used in one run fails with 55P04", async () => {
    await bench.made.add("0001_e", "create type mood as enum ('calm');create table m (mood mood);");
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    await bench.made.add("0002_add", "alter type mood add value 'glad';");
    await bench.made.add("0003_use", "insert into m values ('glad');");
    await expect(drizzleOrmMigrate(bench.url, bench.made.folder)).rejects.toMatchObject({ cause: { code: "55P04" } });
    expect((await run()).applied).toHaveLength(2);
  });

  test("8: CREATE INDEX CONCURRENTLY fails with 25001", async () => {
    await bench.made.add("0001_t", "create table t (id int);");
    await run();
    await bench.made.add("0002_i", "create index concurrently t_id on t (id);");
    await expect(drizzleOrmMigrate(bench.url, bench.made.folder)).rejects.toMatchObject({ cause: { code: "25001" } });
    await expect(run()).rejects.toThrow(/25001[\s\S]*-- migrate: no-transaction/);
    await bench.made.write("0002_i", "-- migrate: no-transaction\ncreate index concurrently t_id on t (id);");
    await run();
    expect(await bench.has("t_id")).toBe(true);
  });

  test("9: the error is swallowed by the command line", async () => {
    await bench.made.add(
      "0001_bad",
      "create table a (id int);\n--> statement-breakpoint\ninsert into a\n  select nowhere from a;",
    );
    const { code, output } = await drizzleKitMigrate(bench.url, bench.made.folder);
    expect(code).not.toBe(0);
    expect(output).not.toContain("42703");
    const error = await run().catch((cause: Error) => cause.message);
    expect(error).toContain('SQLSTATE 42703: column "nowhere" does not exist');
    expect(error).toMatch(/0001_bad\.sql:4:10\n {4}select nowhere from a;\n {11}\^/);
  });

  test("10: push turns row level security off and drops policies of other schemas", async () => {
    await bench.sql.unsafe(
      "create table t (id int); alter table t enable row level security; create policy mine on t using (true);" +
        "create schema other; create table other.o (id int); alter table other.o enable row level security; create policy theirs on other.o using (true);",
    );
    const guarded = () =>
      bench.sql`select c.relrowsecurity, p.polname from pg_class c join pg_policy p on p.polrelid = c.oid order by polname`;
    const before = JSON.stringify(await guarded());
    await bench.made.add("0001_a", "create table a (id int);");
    await run();
    await run();
    expect(JSON.stringify(await guarded())).toBe(before);
    expect(before).toContain("theirs");
  });

  test("11: a missing snapshot makes generate emit everything again", async () => {
    await bench.made.add("0001_a", "create table a (id int);");
    await run();
    await bench.made.add("0002_again", "create table b (id int);--> statement-breakpoint\ncreate table a (id int);");
    await expect(run()).rejects.toThrow(/42P07[\s\S]*snapshot/);
    expect(await bench.has("b")).toBe(false);
    expect(await bench.hashes()).toHaveLength(1);
  });

  test("12: the upgrade to Drizzle 1 throws on ledger rows it cannot match", async () => {
    await bench.made.add("0001_a", "create table a (id int);", 1_700_000_000_123);
    await bench.made.add("0002_b", "create table b (id int);", 1_700_000_001_456);
    await run();
    const { applied } = await plan(bench.sql, { folder: bench.made.folder });
    // It matches by the time cut to seconds and then by the hash: both have to be the journal's.
    const rows = await bench.sql`select hash, created_at from drizzle.__drizzle_migrations order by id`;
    expect(rows.map((row) => `${row.created_at} ${row.hash}`)).toEqual(
      applied.map(({ when, hash }) => `${when} ${hash}`),
    );
    await bench.sql`alter table drizzle.__drizzle_migrations add column name text, add column applied_at timestamptz default now()`;
    await bench.made.add("0003_c", "create table c (id int);");
    expect((await run()).applied).toHaveLength(1);
    await bench.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of no file', 1)`;
    expect((await plan(bench.sql, { folder: bench.made.folder })).unknown).toMatchObject([{ hash: "of no file" }]);
  });
});
