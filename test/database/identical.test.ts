import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { schemaStatements } from "../../db/generate/pending.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { migrateWithDrizzle, migrationsFolder } from "./migrated.ts";

let migrated: TestDatabase;
let pushed: TestDatabase;

test.beforeAll(async ({ cloud }) => {
  [migrated, pushed] = await Promise.all([cloud.createDatabase("migrated"), cloud.createDatabase("pushed")]);
  await migrateWithDrizzle(migrated);
  await push(pushed);
});

const statementsOf = async (tag: string) =>
  (await readFile(join(migrationsFolder, `${tag}.sql`), "utf8")).split("--> statement-breakpoint");

/** Makes what the schema says, as drizzle-kit push would, after the functions its checks and policies call. */
async function push({ sql }: TestDatabase): Promise<void> {
  const core = await statementsOf("0001_core_tables");
  const before = core.slice(
    0,
    core.findIndex((statement) => statement.includes("CREATE TYPE")),
  );
  const claims = await statementsOf("20251231200000_jwt_custom_claims_hook");
  const functions = claims.filter((statement) => statement.includes("create function tenancy."));
  for (const statement of [...before, ...functions, ...(await schemaStatements())]) await sql.unsafe(statement);
}

/** What Drizzle's schema cannot say, and the migrations alone do: the listed few. docs/reference/database/README.md has the list. */
const onlyMigrated = [
  /^acl:/,
  /^comment:/,
  /^defaultPrivilege:/,
  /^function:/,
  /^trigger:/,
  /^\w+:(environment|drizzle)(\.|$)/,
];

async function differences(source: TestDatabase, desired: TestDatabase): Promise<string[]> {
  const tool = join(import.meta.dirname, "..", "..", "node_modules", "@supabase", "pg-delta", "dist", "cli", "main.js");
  const args = [tool, "diff", "--profile", "supabase", "--source", source.url, "--desired", desired.url];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).catch(
    (error: { stdout?: string }) => {
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    },
  );
  const facts = stdout.split("\n").flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []);
  return facts.filter((fact) => !onlyMigrated.some((accepted) => accepted.test(fact)));
}

test("migrations and schema make the same database, both ways", async () => {
  expect(await differences(migrated, pushed)).toEqual([]);
  expect(await differences(pushed, migrated)).toEqual([]);
});

test("the comparison finds what differs", async () => {
  await pushed.sql.unsafe(`
    alter table trips add column extra text;
    drop policy trips_select on trips;
    drop index contacts_search_idx;
    alter table trips drop constraint trips_dates_check;`);
  const found = (await differences(migrated, pushed)).join("\n");
  for (const part of ["trips.extra", "trips_select", "contacts_search_idx", "trips_dates_check"])
    expect(found).toContain(part);
});
