import { beforeEach, describe, expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { failureOf } from "../../test/support/failure.ts";
import { apply, runMigrations } from "../migrate.ts";

// Every failure says where the fault lies and what to do.

beforeEach(() => bench.made.add("0001_a", "create table a (id int);"));

const folder = () => bench.made.folder;
const run = () => apply(bench.sql, { folder: folder() });

describe("every failure is a MigrationError that says what to do", () => {
  const url = () => new URL(bench.url);
  test.each<[string, () => string, RegExp]>([
    ["a wrong password", () => bench.url.replace("cluster%20password", "wrong"), /28P01[\s\S]*connection string/],
    ["a database that is not there", () => `${bench.url}_none`, /3D000[\s\S]*connection string/],
    ["a port without a server", () => bench.url.replace(url().port, "1"), /127\.0\.0\.1:1[\s\S]*ECONNREFUSED/],
    [
      "a host that is not known",
      () => bench.url.replace("127.0.0.1", "no-such-host.invalid"),
      /no-such-host\.invalid[\s\S]*ENOTFOUND|EAI_AGAIN/,
    ],
    ["a server without TLS", () => `${bench.url}?sslmode=require`, /sslmode|TLS/],
    ["a string that is none", () => "postgres://u:p/w@h/x", /percent-encoded/],
  ])("%s", async (_, address, reason) => {
    const attempt = runMigrations(address(), { folder: folder() });
    await expect(attempt).rejects.toMatchObject({ name: "MigrationError", code: "connection" });
    expect(await failureOf(attempt)).toMatch(reason);
    expect(await failureOf(attempt)).not.toMatch(/Correct|cluster password|wrong/);
  });

  test("a ledger that does not take the row is at fault, not the file", async () => {
    await run();
    await bench.sql.unsafe("alter table drizzle.__drizzle_migrations add constraint mine check (id < 2)");
    await bench.made.add("0002_b", "create table b (id int);");
    const said = await failureOf(run());
    expect(said).toMatch(/23514[\s\S]*drizzle\.__drizzle_migrations/);
    expect(said).not.toMatch(/Correct/);
  });

  test.each([
    ["create table public.b (id int);", "42501", /role/],
    ["select set_config('transaction_read_only', 'on', true); create table b (id int);", "25006", /read.only|primary/],
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
    expect(await failureOf(run())).toMatch(/Correct .*0002_b\.sql and run again/);
  });
});
