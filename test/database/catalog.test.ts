import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { checkCatalog } from "../../operations/doctor/catalog.ts";
import { test } from "../support/cloud.ts";
import type { TestCloud, TestDatabase } from "../support/test-cloud.ts";
import {
  createReader,
  errorOf,
  migrateWithDrizzle,
  migrationsFolder,
  readerPassword,
  sourceOf,
  subscribe,
} from "./migrated.ts";

let cloud: TestCloud;
let prod: TestDatabase;
let preview: TestDatabase;

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  [prod, preview] = await Promise.all([cloud.createDatabase("prod"), cloud.createDatabase("preview")]);
  await migrateWithDrizzle(prod);
  await createReader(prod.sql);
  await loadSampleCatalog(prod.sql, { sailings: 60 });
  await subscribe(preview.sql, sourceOf(prod));
  await migrateWithDrizzle(preview);
});

const tablesIn = ({ sql }: TestDatabase, schema: string) => sql<{ relname: string; relkind: string }[]>`
  select c.relname, c.relkind from pg_class c where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'f')`;

test("a catalog of its own: sixteen tables in catalog, none in public, no foreign server", async () => {
  expect(catalogTableNames).toHaveLength(16);
  const tables = await tablesIn(prod, "catalog");
  expect(tables.map((table) => table.relname).sort()).toEqual([...catalogTableNames].sort());
  expect(new Set(tables.map((table) => table.relkind))).toEqual(new Set(["r"]));
  expect((await tablesIn(prod, "public")).filter(({ relname }) => relname.startsWith("cruise"))).toEqual([]);
  expect(await prod.sql`select from pg_foreign_server`).toHaveLength(0);
});

test("a foreign catalog: sixteen foreign tables that agree with Production", async () => {
  const tables = await tablesIn(preview, "catalog");
  expect(tables.map((table) => table.relname).sort()).toEqual([...catalogTableNames].sort());
  expect(new Set(tables.map((table) => table.relkind))).toEqual(new Set(["f"]));
  const [row] = await preview.sql`
    select environment.sync_foreign_tables(environment.catalog_source(), ${catalogTableNames}, true) as differences`;
  expect(row?.differences).toEqual([]);
});

test("migrations run where Production cannot be reached", async () => {
  const offline = await cloud.createDatabase("offline");
  await subscribe(offline.sql, sourceOf({ host: "127.0.0.1", port: 1 }));
  await migrateWithDrizzle(offline);
  expect(await tablesIn(offline, "catalog")).toHaveLength(16);
  const error = await errorOf(offline.sql`select from catalog.cruise_lines`);
  expect(error.code).toBe("08001");
});

test.each(["postgres", "authenticated", "service_role"])("%s reads the foreign catalog", async (role) => {
  await preview.sql.begin(async (tx) => {
    await tx`select set_config('role', ${role}, true)`;
    const [row] = await tx`select count(*)::int as rows from catalog.cruise_sailings`;
    expect(row?.rows).toBe(60);
    const mappings = await tx`select umoptions from pg_user_mappings`;
    if (role !== "postgres") expect(mappings.map((mapping) => mapping.umoptions)).toEqual([null, null, null]);
    const [server] = await tx`select has_server_privilege('prod_catalog', 'usage') as usable`;
    expect(server?.usable).toBe(role === "postgres");
  });
});

test.each([
  ["prod", "anon", "select from catalog.cruise_lines", "42501"],
  ["preview", "anon", "select from catalog.cruise_lines", "42501"],
  ["preview", "authenticated", "insert into catalog.cruise_lines (id) values (gen_random_uuid())", "42501"],
  ["preview", "service_role", "delete from catalog.cruise_lines", "42501"],
  ["preview", "postgres", "delete from catalog.cruise_lines", "55000"],
  ["prod", "authenticated", "delete from catalog.cruise_lines", "42501"],
  ["preview", "authenticated", "select environment.catalog_source()", "42501"],
  ["preview", "service_role", "select value from environment.settings", "42501"],
])("%s: %s may not: %s", async (name, role, statement, code) => {
  const { sql } = name === "prod" ? prod : preview;
  const attempt = sql.begin(async (tx) => {
    await tx`select set_config('role', ${role}, true)`;
    await tx.unsafe(statement);
  });
  expect((await errorOf(attempt)).code).toBe(code);
});

// What the dashboard makes for "automatic RLS", as public dumps of projects have it: tables made in public alone.
const AUTOMATIC_ROW_SECURITY = `
  create function public.rls_auto_enable() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog as $$
  declare cmd record;
  begin
    for cmd in select * from pg_event_trigger_ddl_commands()
      where command_tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
        and object_type in ('table', 'partitioned table') and schema_name = 'public'
    loop
      execute format('alter table if exists %s enable row level security', cmd.object_identity);
    end loop;
  end $$`;
const secured = ({ sql }: TestDatabase) => sql<{ relname: string }[]>`
  select relname from pg_class where relnamespace = 'catalog'::regnamespace and relkind = 'r' and relrowsecurity`;

test("automatic row-level security of the dashboard leaves the catalog as readable as it is without", async () => {
  const automatic = await cloud.createDatabase("automatic");
  await automatic.sql.unsafe(AUTOMATIC_ROW_SECURITY);
  // Only a superuser makes event triggers here; on the platform supautils does it for postgres.
  const platform = await automatic.connectAsPlatform();
  await platform`create event trigger ensure_rls on ddl_command_end
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') execute function public.rls_auto_enable()`;
  await migrateWithDrizzle(automatic);
  expect((await automatic.sql`select relrowsecurity from pg_class where relname = 'trips'`)[0]).toEqual({
    relrowsecurity: true,
  });
  expect(await secured(automatic)).toEqual([]);
  await loadSampleCatalog(automatic.sql, { sailings: 20 });
  const seen = await automatic.sql.begin(async (tx) => {
    await tx`set local role authenticated`;
    return tx`select count(*)::int as rows from catalog.cruise_sailings`;
  });
  expect(seen).toEqual([{ rows: 20 }]);
  await hidesNothingButWhatIsSaid(automatic);
});

/** What doctor says once a table is secured by hand, and what the migration leaves of that when it runs again. */
async function hidesNothingButWhatIsSaid(database: TestDatabase): Promise<void> {
  const { sql, host, port, password } = database;
  const warnings = async () => {
    const findings = await checkCatalog({ host, port, password, user: "postgres", database: "postgres" });
    return findings.flatMap(({ level, found, next }) => (level === "warning" ? [`${found} -> ${next}`] : []));
  };
  expect(await warnings()).toEqual([]);
  await sql`alter table catalog.cruise_lines enable row level security`;
  await sql`alter table catalog.cruise_ports enable row level security`;
  await sql`create policy all_rows on catalog.cruise_ports for select to authenticated using (true)`;
  expect(await warnings()).toEqual([
    expect.stringMatching(/catalog\.cruise_lines: row-level security is on.*authenticated.*no rows.*-> /),
  ]);
  const text = await readFile(join(migrationsFolder, "0014_hosted_platform.sql"), "utf8");
  await sql.unsafe(text.split("--> statement-breakpoint")[0] ?? "");
  expect(await secured(database)).toEqual([{ relname: "cruise_ports" }]);
  expect(await warnings()).toEqual([]);
}

test("a missing Vault secret is named, with what to do", async () => {
  const bare = await cloud.createDatabase("bare");
  await subscribe(bare.sql, sourceOf(prod), { secret: false });
  const error = await errorOf(migrateWithDrizzle(bare));
  expect(error).toMatchObject({ code: "P0001", message: expect.stringContaining("'fdw_password'") });
  expect(error.hint).toContain("Vault");
  await bare.sql`select vault.create_secret(${readerPassword}, 'fdw_password', 'reader')`;
  await migrateWithDrizzle(bare);
  expect(await tablesIn(bare, "catalog")).toHaveLength(16);
});
