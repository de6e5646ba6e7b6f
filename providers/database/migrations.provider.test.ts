import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { test } from "../../test/support/cloud.ts";
import { type MigrationsFolder, migrationsFolder } from "../../test/support/migrations.ts";
import { configurationOf, Driven } from "../../test/support/provider-call.ts";
import type { TestCloud, TestDatabase } from "../../test/support/test-cloud.ts";
import type { Configuration } from "./configuration.ts";
import { migrations } from "./migrations.provider.ts";

let cloud: TestCloud;
let database: TestDatabase;
let config: Configuration;
let made: MigrationsFolder;
const settings = { catalog: "local" };
const program = (more = {}) => ({ projectRef: database.ref, folder: made.folder, settings, ...more });

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
});
beforeEach(async () => {
  made = await migrationsFolder();
  await made.add("0000_first", "create table public.first (id int)");
  database = await cloud.createDatabase(`migrations-${Date.now()}`);
  config = configurationOf(database);
});
afterEach(async () => {
  await config.database?.close();
  await made.delete();
});

test("pending migrations are named by the diff and applied", async () => {
  const resource = new Driven(migrations, config);
  await resource.up(program());
  expect(resource.state.applied).toMatchObject([{ tag: "0000_first" }]);
  expect(resource.state).toMatchObject({ ledgerRows: 1, settings });
  await resource.refresh();
  expect(await resource.up(program())).toEqual([]);

  await made.add("0001_second", "create table public.second (id int)");
  expect(resource.diff(program())).toEqual(["migrations.0001_second"]);
  await resource.up(program());
  expect(await database.sql`select to_regclass('public.second')::text as name`).toEqual([{ name: "second" }]);
  expect(resource.messages.join("\n")).toContain("0001_second: applied");
  await resource.refresh();
  expect(resource.diff(program())).toEqual([]);
  await resource.delete();
  expect(await database.sql`select to_regclass('public.second')::text as name`).toEqual([{ name: "second" }]);
  expect(resource.diff(program({ projectRef: "other" }))).toContain("projectRef (replace)");
});

test("an access-token hook that is not there, not the Auth server's to call, or fails is refused, and what it writes is not kept", async () => {
  const hooked = (more = {}) => new Driven(migrations, config).up(program({ tokenHook: "public.hook", ...more }));
  await expect(hooked()).rejects.toThrow(/not switched on.*no function "?public"?."?hook"?\(jsonb\)/s);
  const make = (body: string) =>
    database.sql.unsafe(
      `create or replace function public.hook(event jsonb) returns jsonb language plpgsql as 'begin ${body} end'`,
    );
  await make("return event;");
  await database.sql`revoke execute on function public.hook(jsonb) from public`;
  await database.sql`revoke all on function public.hook(jsonb) from supabase_auth_admin`;
  await expect(hooked()).rejects.toThrow(/supabase_auth_admin.*may not.*grant usage/s);
  await database.sql.unsafe(
    "grant usage on schema public to supabase_auth_admin; grant execute on function public.hook(jsonb) to supabase_auth_admin",
  );
  await database.sql`create table public.staff (id uuid)`;
  await make("perform from staff; return event;");
  await expect(hooked()).rejects.toThrow(/SQLSTATE 42P01.*called with search_path auth/s);
  await make("perform pg_sleep(3); return event;");
  await expect(hooked()).rejects.toThrow(/SQLSTATE 57014.*has 2 s/s);
  await make("select 1 from public.nothing;");
  await expect(hooked()).rejects.toThrow(/SQLSTATE 42P01/);
  await make("return null;");
  await expect(hooked()).rejects.toThrow(/neither claims nor an error/);
  await make("return jsonb_set(event, ''{claims}'', (event -> ''claims'') - ''aal'' - ''phone'');");
  await expect(hooked()).rejects.toThrow(/lacks claims.*phone, aal/);
  await make(`return '{"error": {"http_code": 403}}';`.replaceAll("'", "''"));
  await expect(hooked()).rejects.toThrow(/error has no message/);
  await database.sql`create table public.seen (id int)`;
  await database.sql`grant insert on public.seen to supabase_auth_admin`;
  await make("insert into public.seen values (1); return event;");
  await hooked();
  expect(await database.sql`select from public.seen`).toEqual([]);
});

test("what happens behind its back is a difference", async () => {
  const resource = new Driven(migrations, config);
  await resource.up(program({ settings: { ...settings, region: { name: "north" } } }));
  const wanted = program({ settings: { ...settings, region: { name: "north" } } });
  await database.sql`delete from environment.settings where name = 'region'`;
  await resource.refresh();
  expect(await resource.up(wanted)).toEqual(["settings.region"]);
  await database.sql`delete from drizzle.__drizzle_migrations`;
  await database.sql`drop table public.first`;
  await resource.refresh();
  expect(await resource.up(wanted)).toEqual(["migrations.0000_first"]);
  await database.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('abc', 1)`;
  await resource.refresh();
  expect(resource.diff(wanted)).toHaveLength(1);
  await expect(resource.up(wanted)).rejects.toThrow(/ledger/i);
});

test("an edited migration is a difference and is refused", async () => {
  const resource = new Driven(migrations, config);
  await resource.up(program());
  await writeFile(join(made.folder, "0000_first.sql"), "create table public.first (id bigint)");
  expect(resource.diff(program())).toEqual(["migrations.0000_first"]);
  await expect(resource.up(program())).rejects.toThrow(/0000_first/);
});

test("a failing migration tells file and line, and the corrected one goes on", async () => {
  await made.add("0001_wrong", "create table public.ok (id int);\n--> statement-breakpoint\nselect nonsense");
  const resource = new Driven(migrations, config);
  await expect(resource.up(program())).rejects.toThrow(/0001_wrong.*SQLSTATE 42703.*0001_wrong.sql:3/s);
  await made.write("0001_wrong", "create table public.ok (id int)");
  expect(await resource.up(program())).toEqual(["created"]);
});

test("a folder without journal is refused by check", () => {
  expect(() => new Driven(migrations, config).checked(program({ folder: "/nonexistent" }))).toThrow(
    /folder: .*journal/,
  );
});
