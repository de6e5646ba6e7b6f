import { beforeEach, describe, expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { failureOf } from "../../test/support/failure.ts";
import { apply, dryRun } from "../migrate.ts";

// A ledger in another place is found and named.

beforeEach(() => bench.made.add("0001_a", "create table a (id int);"));

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });

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
    const said = await failureOf(run());
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
