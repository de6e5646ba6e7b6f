import { beforeEach, describe, expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { failureOf } from "../../test/support/failure.ts";
import { apply, dryRun, runMigrations } from "../migrate.ts";

// Roles with few privileges, and search_paths of every kind.

beforeEach(() => bench.made.add("0001_a", "create table a (id int);"));

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });

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
    const said = await failureOf(attempt);
    expect(said).toMatch(/grant/);
    expect(said).not.toMatch(/Correct/);
  });

  test("that may not look into the ledger is told so", async () => {
    await run();
    const attempt = runMigrations(await asRole("select 1"), { folder: folder() });
    await expect(attempt).rejects.toMatchObject({ name: "MigrationError", details: { sqlstate: "42501" } });
    expect(await failureOf(attempt)).toMatch(/drizzle/);
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
