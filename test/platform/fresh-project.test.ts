import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { root } from "../support/run.ts";

// facts/platform-facts.json, extensions.postgresFdwCases: what a function with an empty search_path meets there.

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(() => cloud.close());

const functions = readFileSync(join(root, "migrations/0000_environment.sql"), "utf8")
  .split("--> statement-breakpoint")
  .filter((text) => text.trim() !== "");
const source = JSON.stringify({ server: "prod_catalog", options: { host: "127.0.0.1", dbname: "postgres" } });

test("a fresh project has no wrapper, and one is created in extensions", async () => {
  const sql = cloud.connect(await cloud.project({ name: "fresh" }), { max: 1 });
  expect(await sql`select from pg_extension where extname = 'postgres_fdw'`).toHaveLength(0);
  await sql.unsafe(
    "create function public.bare() returns void language plpgsql set search_path = '' as $$ begin create extension postgres_fdw; end $$",
  );
  expect((await failure(sql`select public.bare()`)).code).toBe("3F000");
  for (const text of functions) await sql.unsafe(text);
  await sql`select environment.ensure_catalog_server(${source}::text::jsonb)`;
  expect(
    await sql`select extnamespace::regnamespace::text as schema from pg_extension where extname = 'postgres_fdw'`,
  ).toEqual([{ schema: "extensions" }]);
  expect(await sql`select srvname from pg_foreign_server`).toEqual([{ srvname: "prod_catalog" }]);
});

test.each([
  ["public", []],
  ["app", ["create schema app"]],
])("a wrapper that lies in %s already is used there", async (schema, before) => {
  const sql = cloud.connect(await cloud.project({ name: `in-${schema}` }), { max: 1 });
  for (const text of before) await sql.unsafe(text);
  await sql.unsafe(`create extension postgres_fdw with schema ${schema}`);
  for (const text of functions) await sql.unsafe(text);
  await sql`select environment.ensure_catalog_server(${source}::text::jsonb)`;
  expect(await sql`select srvname from pg_foreign_server`).toHaveLength(1);
});

test("without schema extensions it goes into public", async () => {
  const sql = cloud.connect(await cloud.project({ name: "no-extensions" }), { max: 1 });
  await sql.unsafe("drop extension supabase_vault cascade; drop schema extensions cascade").catch(() => undefined);
  for (const text of functions) await sql.unsafe(text);
  await sql`select environment.ensure_catalog_server(${source}::text::jsonb)`;
  expect(await sql`select srvname from pg_foreign_server`).toHaveLength(1);
});

test("a wrapper that belongs to the platform, with USAGE granted, is enough (variant C)", async () => {
  const sql = cloud.connect(await cloud.project({ name: "variant-c" }), { max: 1 });
  await sql.unsafe("set platform.wrapper_owner = 'C'");
  for (const text of functions) await sql.unsafe(text);
  await sql`select environment.ensure_catalog_server(${source}::text::jsonb)`;
  const [wrapper] = await sql`select fdwowner::regrole::text as owner from pg_foreign_data_wrapper`;
  expect(wrapper).toEqual({ owner: "supabase_admin" });
  expect((await failure(sql`alter foreign data wrapper postgres_fdw owner to postgres`)).code).toBe("42501");
  expect(await sql`select environment.ensure_catalog_server(${source}::text::jsonb) as changes`).toEqual([
    { changes: [] },
  ]);
});

test("a wrapper that may not be used is said to be that, with what to do", async () => {
  const sql = cloud.connect(await cloud.project({ name: "variant-b" }), { max: 1 });
  await sql.unsafe("create extension postgres_fdw with schema extensions");
  for (const text of functions) await sql.unsafe(text);
  const call = sql.begin(async (tx) => {
    await tx.unsafe("create role outsider; grant outsider to postgres; grant usage on schema environment to outsider");
    await tx.unsafe("grant execute on all functions in schema environment to outsider; set local role outsider");
    await tx`select environment.ensure_catalog_server(${source}::text::jsonb)`;
  });
  expect(await failure(call)).toMatchObject({
    code: "42501",
    message: expect.stringContaining("may not use the wrapper"),
  });
});
