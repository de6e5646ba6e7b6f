import { expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { dryRun } from "../migrate.ts";

test("really runs what can be taken back, and takes it back", async () => {
  await bench.made.add("0001_a", "create type mood as enum ('calm'); create table a (mood mood);");
  await bench.made.add("0002_add", "alter type mood add value 'glad';");
  await bench.made.add("0003_use", "insert into a values ('glad');");
  await bench.made.add("0004_i", "-- migrate: no-transaction\ncreate index concurrently a_mood on a (mood);");
  const found = await dryRun(bench.sql, { folder: bench.made.folder, settings: { catalog: "local" } });
  expect(found.tried.map(({ tag }) => tag)).toEqual(["0001_a", "0002_add"]);
  expect(found.notTried.map(({ tag }) => tag)).toEqual(["0003_use", "0004_i"]);
  expect(await bench.sql`select 1 from pg_namespace where nspname in ('drizzle', 'environment')`).toHaveLength(0);
  expect(await bench.has("a")).toBe(false);
  expect(await bench.locks()).toBe(0);
  await bench.made.write("0001_a", "create table a (id int);\ncreate tabel b (id int);");
  await expect(dryRun(bench.sql, { folder: bench.made.folder })).rejects.toMatchObject({
    details: { line: 2, column: 8, sqlstate: "42601" },
  });
  expect(await bench.locks()).toBe(0);
});
