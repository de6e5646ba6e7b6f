import { beforeEach, expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { apply } from "../migrate.ts";
import { repairProgress } from "./repair-progress.ts";

// What a failed migration leaves in the database is what its message says.

beforeEach(async () => {
  await bench.made.add("0001_t", "create table t (n int);");
});

const run = () => apply(bench.sql, { folder: bench.made.folder, retries: 0 });
const numbers = async () => (await bench.sql`select n from t order by n`).map(({ n }) => n);

test.each([
  ["as it is", "", ""],
  ["wrapped in BEGIN and COMMIT", "begin;\n", "commit;\n"],
])("ROLLBACK TO SAVEPOINT behind a failed statement commits nothing, %s", async (_, before, after) => {
  await bench.made.add(
    "0002_s",
    `${before}insert into t values (1);\nsavepoint s;\ninsert into absent values (1);\nrollback to savepoint s;\ninsert into t values (2);\n${after}`,
  );
  await expect(run()).rejects.toThrow(/42P01[\s\S]*left nothing behind/);
  expect(await numbers()).toEqual([]);
  expect(await bench.hashes()).toHaveLength(1);
});

test.each(["rollback to s", "rollback work to s", "/* back */ rollback transaction to savepoint s"])(
  "%s where nothing failed goes back",
  async (back) => {
    await bench.made.add("0002_s", `insert into t values (1); savepoint s; insert into t values (2); ${back};`);
    await run();
    expect(await numbers()).toEqual([1]);
  },
);

test.each([
  ["begin; insert into t values (1); commit and chain;", "COMMIT AND CHAIN"],
  ["insert into t values (1); rollback and chain;", "ROLLBACK"],
  ["insert into t values (1); commit and chain;", "COMMIT"],
  ["insert into t values (1); prepare transaction 'x';", "prepared transaction"],
  ["-- migrate: no-transaction\nbegin; insert into t values (1); commit and chain;", "COMMIT AND CHAIN"],
  [
    "-- migrate: no-transaction\nbegin; insert into t values (1); rollback; insert into t values (2); commit;",
    "ROLLBACK",
  ],
  [
    "-- migrate: no-transaction\nbegin; insert into t values (1); prepare transaction 'x'; select 1; commit;",
    "prepared",
  ],
  ["-- migrate: no-transaction\nbegin; insert into t values (1); begin; insert into t values (2); commit;", "BEGIN"],
  ["-- migrate: no-transaction\nsavepoint s; insert into t values (1);", "SAVEPOINT"],
  ["-- migrate: no-transaction\ninsert into t values (1); rollback to s;", "ROLLBACK TO"],
])("refuses before anything runs: %s", async (text, named) => {
  await bench.made.add("0002_c", text);
  await expect(run()).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining(named) });
  expect(await bench.has("drizzle.__drizzle_migrations")).toBe(false);
});

test("ROLLBACK TO SAVEPOINT in a group of a no-transaction file behind a failure commits nothing of the group", async () => {
  await bench.made.add(
    "0002_g",
    "-- migrate: no-transaction\ninsert into t values (0);\nbegin;\ninsert into t values (1);\nsavepoint s;\ninsert into absent values (1);\nrollback to s;\ninsert into t values (2);\ncommit;",
  );
  await expect(run()).rejects.toThrow(/1 of its statements done/);
  expect(await numbers()).toEqual([0]);
});

test("statements behind a failed one of a no-transaction file do not run", async () => {
  const many = Array.from({ length: 60 }, (_, n) => `insert into t values (${n});`).join("\n");
  await bench.made.add("0002_n", `-- migrate: no-transaction\ninsert into absent values (1);\n${many}`);
  await expect(run()).rejects.toMatchObject({ details: { statement: 1, total: 61, sqlstate: "42P01", line: 2 } });
  expect(await numbers()).toEqual([]);
});

test("a procedure that failed after it committed is in doubt, and is not called again unasked", async () => {
  await bench.made.write(
    "0001_t",
    "create table t (n int); create procedure half() language plpgsql as $$ begin insert into t values (1); commit; perform 1 / (select count(*) from t where n = 2); end $$;",
  );
  await bench.made.add("0002_call", "-- migrate: no-transaction\ncall half();\ninsert into t values (9);");
  await expect(run()).rejects.toThrow(/22012[\s\S]*What it committed before it failed stays[\s\S]*--again 0002_call:1/);
  expect(await numbers()).toEqual([1]);
  await expect(run()).rejects.toMatchObject({ code: "interrupted", details: { tag: "0002_call", statement: 1 } });
  expect(await numbers()).toEqual([1]);
  await repairProgress(bench.sql, { folder: bench.made.folder, tag: "0002_call", statement: 1, state: "done" });
  await run();
  expect(await numbers()).toEqual([1, 9]);
});

test("an index of somebody else under the name of one to be built is never recorded as built", async () => {
  await bench.made.write("0001_t", "create table t (n int, m int); create index taken on t (m);");
  await bench.made.add("0002_i", "-- migrate: no-transaction\ncreate unique index concurrently taken on t (n);");
  await expect(run()).rejects.toMatchObject({ details: { sqlstate: "42P07" } });
  await expect(run()).rejects.toMatchObject({ details: { sqlstate: "42P07" } });
  expect(await bench.hashes()).toHaveLength(1);
});

test("a build that failed says that its invalid index is left", async () => {
  await bench.made.write("0001_t", "create table t (n int); insert into t values (1), (1);");
  await bench.made.add("0002_i", "-- migrate: no-transaction\ncreate unique index concurrently t_n on t (n);");
  await expect(run()).rejects.toThrow(/23505[\s\S]*index public\.t_n is left invalid/);
  expect((await bench.sql`select indisvalid from pg_index where indexrelid = 't_n'::regclass`)[0]?.indisvalid).toBe(
    false,
  );
});

test("a failed try takes what outlives a rollback along: prepared statements and advisory locks", async () => {
  await bench.made.add("0002_p", "prepare p as select 1; select pg_advisory_lock(7); insert into absent values (1);");
  await expect(run()).rejects.toMatchObject({ details: { sqlstate: "42P01" } });
  expect(await bench.locks()).toBe(0);
  expect(await bench.sql`select name from pg_prepared_statements where from_sql`).toEqual([]);
});
