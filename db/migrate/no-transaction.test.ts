import { expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { apply, type ProgressEvent, plan } from "../migrate.ts";
import { repairProgress } from "./repair-progress.ts";

const run = (onProgress?: (event: ProgressEvent) => void) =>
  apply(bench.sql, { folder: bench.made.folder, retries: 0, ...(onProgress ? { onProgress } : {}) });

async function valid(index: string): Promise<boolean | undefined> {
  const [row] = await bench.sql`select indisvalid from pg_index where indexrelid = to_regclass(${index})`;
  return row?.indisvalid;
}

test("resumes exactly where it stopped, with each statement once", async () => {
  await bench.made.add("0001_t", "create table t (id int); create table log (n int);");
  await bench.made.add(
    "0002_n",
    "-- migrate: no-transaction\ninsert into log values (1);\ncreate index concurrently t_id on t (id);\ninsert into log values (2);\ninsert into absent values (1);\ninsert into log values (3);",
  );
  await expect(run()).rejects.toMatchObject({ details: { tag: "0002_n", statement: 4, line: 5, sqlstate: "42P01" } });
  await expect(run()).rejects.toThrow(/3 of its statements done, and the next run resumes here/);
  expect((await plan(bench.sql, { folder: bench.made.folder })).pending).toMatchObject([
    { tag: "0002_n", transaction: false, done: 3 },
  ]);
  await bench.sql`create table absent (n int)`;
  await run();
  expect((await bench.sql`select n from log order by n`).map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(await valid("t_id")).toBe(true);
  expect(await bench.sql`select 1 from environment.migration_progress`).toHaveLength(0);
  expect(await bench.hashes()).toHaveLength(2);
});

test("rebuilds an index that a crash left invalid, also one with IF NOT EXISTS", async () => {
  await bench.made.add("0001_t", "create table t (id int); insert into t values (1), (1);");
  await bench.made.add(
    "0002_i",
    "-- migrate: no-transaction\ncreate unique index concurrently if not exists t_id on public.t (id);",
  );
  await expect(run()).rejects.toMatchObject({ details: { sqlstate: "23505" } });
  expect(await valid("t_id")).toBe(false);
  await bench.sql`delete from t where ctid = '(0,2)'`;
  const recovered: string[] = [];
  await run((event) => event.kind === "recovery" && recovered.push(event.action));
  expect(await valid("t_id")).toBe(true);
  expect(recovered).toEqual(["index public.t_id was left invalid: dropped, to be built again"]);
});

test("takes over what an interrupted run did but did not record", async () => {
  await bench.made.add("0001_t", "create table t (id int); create index gone on t (id);");
  await bench.made.add(
    "0002_i",
    "-- migrate: no-transaction\ncreate index concurrently t_id on t (id);\ndrop index concurrently gone;\nreindex index concurrently t_id;\nvacuum t;",
  );
  await bench.made.add("0003_first", "-- migrate: no-transaction\nselect 1;");
  await bench.made.list(["0001_t", "0003_first"]);
  await run();
  await bench.made.list(["0001_t", "0003_first", "0002_i"]);
  const [pending] = (await plan(bench.sql, { folder: bench.made.folder })).pending;
  const started = async (statement: number): Promise<void> => {
    await bench.sql`insert into environment.migration_progress (hash, statement, tag, state) values (${pending?.hash ?? ""}, ${statement}, '0002_i', 'started')`;
  };
  await bench.sql`create index t_id on t (id)`;
  await bench.sql`drop index gone`;
  for (const statement of [0, 1, 2, 3]) await started(statement);
  const recovered: string[] = [];
  await run((event) => event.kind === "recovery" && recovered.push(event.action));
  expect(recovered).toEqual(["index public.t_id is there and valid: recorded as done"]);
  expect(await bench.hashes()).toHaveLength(3);
});

test("a procedure that commits runs outside, and one in doubt is not guessed at", async () => {
  await bench.made.add(
    "0001_t",
    "create table t (id int); create procedure fill() language plpgsql as $$ begin insert into t values (1); commit; insert into t values (2); end $$;",
  );
  await bench.made.add("0002_call", "-- migrate: no-transaction\ncall fill();\ninsert into t values (3);");
  await bench.made.add("0003_first", "-- migrate: no-transaction\nselect 1;");
  await bench.made.list(["0001_t", "0003_first"]);
  await run();
  await bench.made.list(["0001_t", "0003_first", "0002_call"]);
  const [pending] = (await plan(bench.sql, { folder: bench.made.folder })).pending;
  await bench.sql`insert into environment.migration_progress (hash, statement, tag, state) values (${pending?.hash ?? ""}, 0, '0002_call', 'started')`;
  await expect(run()).rejects.toMatchObject({ code: "interrupted", details: { tag: "0002_call", statement: 1 } });
  await repairProgress(bench.sql, { folder: bench.made.folder, tag: "0002_call", statement: 1, state: "again" });
  await run();
  expect((await bench.sql`select id from t order by id`).map(({ id }) => id)).toEqual([1, 2, 3]);
});

test("adds an enum value and uses it in the next file", async () => {
  await bench.made.add("0001_e", "create type mood as enum ('calm'); create table m (mood mood);");
  await bench.made.add("0002_add", "alter type mood add value 'glad';");
  await bench.made.add("0003_use", "insert into m values ('glad');");
  await run();
  expect(await bench.sql`select mood from m`).toMatchObject([{ mood: "glad" }]);
});
