import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { beforeEach, expect } from "vitest";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { test } from "../support/cloud.ts";
import type { TestCloud, TestDatabase } from "../support/test-cloud.ts";
import {
  createReader,
  errorOf,
  migrateWithDrizzle,
  readerPassword,
  type Source,
  sourceOf,
  subscribe,
} from "./migrated.ts";

let cloud: TestCloud;
let prod: TestDatabase;
let preview: TestDatabase;
let source: Source;

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  [prod, preview] = await Promise.all([cloud.createDatabase("prod"), cloud.createDatabase("preview")]);
  source = sourceOf(prod);
  // As talkative as a server can be made: nested statements tracked, lock waits logged.
  const platform = await preview.connectAsPlatform();
  for (const setting of ["pg_stat_statements.track = 'all'", "log_lock_waits = on", "deadlock_timeout = '100ms'"]) {
    await platform.unsafe(`alter database postgres set ${setting}`);
  }
  await migrateWithDrizzle(prod);
  await createReader(prod.sql);
  await subscribe(preview.sql, source);
  await migrateWithDrizzle(preview);
});

// A session keeps its remote connection, and with it what the reader saw of Production inside one transaction.
beforeEach(() => preview.sql`select 1`);

interface Difference {
  table: string;
  column?: string;
  change: string;
}

async function sync(sql: Sql, dryRun: boolean, tables: string[] = catalogTableNames): Promise<Difference[]> {
  const [row] = await sql`
    select environment.sync_foreign_tables(environment.catalog_source(), ${tables}, ${dryRun}) as differences`;
  return row?.differences;
}

test("what Production changed is named, then altered in place, with dependants kept", async () => {
  await preview.sql`create view public.line_names as select id, name from catalog.cruise_lines`;
  await preview.sql`comment on foreign table catalog.cruise_lines is 'kept'`;
  await prod.sql.unsafe(`
    alter table catalog.cruise_lines add column alliance text collate "C" not null default 'none';
    alter table catalog.cruise_lines alter column short_name type varchar(200);
    alter table catalog.cruise_lines alter column slug drop not null;
    alter table catalog.cruise_lines drop column website_url;`);
  const expected = [
    { table: "cruise_lines", column: "website_url", change: "drop column", local: "text" },
    { table: "cruise_lines", column: "alliance", change: "add column", remote: 'text collate pg_catalog."C" not null' },
    {
      table: "cruise_lines",
      column: "short_name",
      change: "set type",
      remote: "character varying(200)",
      local: "character varying(100)",
    },
    { table: "cruise_lines", column: "slug", change: "set not null", remote: "false", local: "true" },
  ];
  expect(await sync(preview.sql, true)).toEqual(expected);
  expect(await sync(preview.sql, true)).toEqual(expected);
  expect(await sync(preview.sql, false)).toEqual(expected);
  expect(await sync(preview.sql, true)).toEqual([]);
  await preview.sql`select alliance, short_name from catalog.cruise_lines`;
  await preview.sql`select * from public.line_names`;
  const [row] = await preview.sql`select obj_description('catalog.cruise_lines'::regclass) as comment`;
  expect(row?.comment).toBe("kept");
});

test("a change that would break a dependant is refused with its name, and nothing is changed", async () => {
  await preview.sql`create view public.ship_codes as select code from catalog.cruise_ships`;
  await prod.sql`alter table catalog.cruise_ships drop column code, add column hull_number text`;
  const error = await errorOf(sync(preview.sql, false));
  expect(error.code).toBe("2BP01");
  expect(error.detail).toContain("ship_codes");
  expect((await sync(preview.sql, true)).map(({ change }) => change)).toEqual(["drop column", "add column"]);
  await preview.sql`drop view public.ship_codes`;
  await sync(preview.sql, false);
  expect(await sync(preview.sql, true)).toEqual([]);
});

test("a dropped foreign table comes back, another remote table or server is repaired", async () => {
  await preview.sql`drop foreign table catalog.cruise_ports`;
  await preview.sql`alter foreign table catalog.cruise_regions options (set table_name 'cruise_ports')`;
  const changes = await sync(preview.sql, false, ["cruise_ports", "cruise_regions"]);
  expect(changes.map(({ table, change }) => [table, change])).toEqual([
    ["cruise_ports", "create table"],
    ["cruise_regions", "set remote table"],
  ]);
  await preview.sql`select environment.grant_catalog(environment.catalog_source(), ${catalogTableNames})`;
  expect(await sync(preview.sql, true)).toEqual([]);
});

test("a table Production lacks is an error, not silence", async () => {
  const error = await errorOf(sync(preview.sql, true, ["cruise_lines", "cruise_balloons"]));
  expect(error).toMatchObject({ code: "HV00R", message: expect.stringContaining("cruise_balloons") });
});

test("no import schema is left behind", async () => {
  expect(await preview.sql`select from pg_namespace where nspname like 'environment\\_%'`).toHaveLength(0);
});

test("server options are added, set and dropped; a grant on the server is taken back", async () => {
  await preview.sql.unsafe(`
    alter server prod_catalog options (set tcp_user_timeout '9', drop updatable, add fetch_size '7');
    grant usage on foreign server prod_catalog to authenticated;`);
  const ensure = () =>
    preview.sql`select environment.ensure_catalog_server(${preview.sql.json(source as never)}) as changes`;
  expect((await ensure())[0]?.changes).toEqual([
    { option: "fetch_size", change: "drop" },
    { option: "tcp_user_timeout", change: "set" },
    { option: "updatable", change: "add" },
    { change: "revoke usage", role: "authenticated" },
  ]);
  expect((await ensure())[0]?.changes).toEqual([]);
});

test("mappings are repaired, and those not asked for removed", async () => {
  await preview.sql.unsafe(`
    drop user mapping for service_role server prod_catalog;
    alter user mapping for authenticated server prod_catalog options (drop password);
    create user mapping for anon server prod_catalog options (user 'x', password 'y');`);
  const [row] = await preview.sql`select environment.ensure_catalog_mappings(environment.catalog_source()) as changes`;
  expect(row?.changes).toEqual([
    { role: "postgres", change: "set" },
    { role: "service_role", change: "create" },
    { role: "authenticated", change: "set" },
    { role: "anon", change: "drop" },
  ]);
  for (const role of ["service_role", "authenticated"]) {
    await preview.sql.begin(async (tx) => {
      await tx`select set_config('role', ${role}, true)`;
      await tx`select from catalog.cruise_lines limit 1`;
    });
  }
});

test("grants are exactly those wanted", async () => {
  await preview.sql.unsafe(`
    revoke select on catalog.cruise_lines from authenticated;
    grant select, insert on catalog.cruise_ships to anon;
    grant usage on schema catalog to public;`);
  const [row] = await preview.sql`
    select environment.grant_catalog(environment.catalog_source(), ${catalogTableNames}) as changes`;
  expect(row?.changes).toHaveLength(4);
  const [again] = await preview.sql`
    select environment.grant_catalog(environment.catalog_source(), ${catalogTableNames}) as changes`;
  expect(again?.changes).toEqual([]);
});

test("a session that holds the same mapping is waited for; time-out and end leave no trace of the password", async () => {
  const holder = preview.connect();
  const waiter = preview.connect();
  const wider = waiter.json({ ...source, roles: [...(source.roles as string[]), "anon"] } as never);
  const ensure = () => waiter`select environment.ensure_catalog_mappings(${wider}) as changes`;
  const held = (work: () => Promise<void>) =>
    holder.begin(async (tx) => {
      await tx`create user mapping for anon server prod_catalog options (user 'someone', password 'else')`;
      await work();
    });

  await waiter`set statement_timeout = '500ms'`;
  await held(async () => expect((await errorOf(ensure())).code).toBe("57014"));
  await preview.sql`drop user mapping for anon server prod_catalog`;
  await waiter`set statement_timeout = 0`;

  const waiting: Promise<object>[] = [];
  await held(async () => {
    waiting.push(ensure().then((rows) => rows[0]?.changes.at(-1)));
    await sleep(300);
  });
  expect(await waiting[0]).toEqual({ role: "anon", change: "set" });

  await preview.sql`drop user mapping for anon server prod_catalog`;
  // Ended anywhere in its wait: what a session waits in when it is ended is logged.
  await held(async () => {
    for (let round = 0; round < 20; round += 1) {
      const ended = errorOf(ensure());
      await sleep(60 + 7 * round);
      await preview.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' and query like '%ensure_catalog_mappings%' and pid <> pg_backend_pid()`;
      expect(JSON.stringify(await ended)).not.toContain(readerPassword);
    }
  });
  await preview.sql`select environment.ensure_catalog_mappings(environment.catalog_source())`;
});

test("a login that only reads cannot lock the catalog, by its key or by its table", async () => {
  await preview.sql`create role only_reads login password 'x'`;
  const reader = preview.connect({ user: "only_reads", password: "x" });
  await reader`select pg_advisory_lock(hashtextextended('environment.catalog', 0))`;
  expect((await errorOf(reader.begin((sql) => sql`lock table environment.locks in access share mode`))).code).toBe(
    "42501",
  );
  await preview.sql`set statement_timeout = '10s'`;
  await preview.sql`select environment.ensure_catalog_mappings(environment.catalog_source())`;
  await reader.end({ timeout: 1 });
  await preview.sql`drop role only_reads`;
});

test("with the parameter privilege nothing of a mapping's password is recorded, and nothing is reset", async () => {
  const platform = await preview.connectAsPlatform();
  await platform`grant set on parameter pg_stat_statements.track to postgres`;
  await platform`select extensions.pg_stat_statements_reset()`;
  const warned: string[] = [];
  const talking = preview.connect({ onnotice: ({ message }) => void warned.push(message ?? "") });
  await talking`select environment.ensure_catalog_mappings(environment.catalog_source())`;
  const queries = (await talking`select query from extensions.pg_stat_statements`).map(({ query }) => String(query));
  expect(queries.filter((query) => /user mapping/i.test(query) && /password/i.test(query))).toEqual([]);
  expect(queries.some((query) => /^alter user mapping .*options \(set user/i.test(query))).toBe(true);
  expect(queries.some((query) => /reset\(s\.userid/.test(query))).toBe(false);
  expect(await talking`show pg_stat_statements.track`).toEqual([{ "pg_stat_statements.track": "all" }]);
  await platform`revoke set on parameter pg_stat_statements.track from postgres`;
  await talking`select environment.ensure_catalog_mappings(environment.catalog_source())`;
  expect(warned[0]).toMatch(/recorded \d+ statements that hold a secret; they were removed/);
  await talking.end({ timeout: 1 });
});

test("the password is in no log and in no statement statistics", async () => {
  const [track] = await preview.sql`show pg_stat_statements.track`;
  expect(track).toEqual({ "pg_stat_statements.track": "all" });
  const log = await readFile(preview.logFile, "utf8");
  expect(log.length).toBeGreaterThan(1000);
  expect(log).not.toContain(readerPassword);
  const statements = await preview.sql`select query from extensions.pg_stat_statements where query ~* 'mapping'`;
  expect(statements.length).toBeGreaterThan(0);
  expect(JSON.stringify(statements)).not.toContain(readerPassword);
  // The same look finds a password that was written the plain way.
  await preview.sql.unsafe(
    "alter user mapping for authenticated server prod_catalog options (set password 'planted-leak')",
  );
  expect(await readFile(preview.logFile, "utf8")).toContain("planted-leak");
  await preview.sql`select environment.ensure_catalog_mappings(environment.catalog_source())`;
});

test("an edge of the guard: rows are refused, empty tables make way", async () => {
  const grown = await cloud.createDatabase("grown");
  await migrateWithDrizzle(grown);
  await grown.sql`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('1', 'Here', 'here')`;
  const guard = () =>
    grown.sql`select environment.refuse_local_catalog(${grown.sql.json(source as never)}, ${catalogTableNames}) as dropped`;
  const error = await errorOf(guard());
  expect(error).toMatchObject({ code: "55000", message: expect.stringContaining("catalog.cruise_regions") });
  expect(error.hint).toMatch(/Keep the catalog local/);
  await grown.sql`truncate catalog.cruise_regions cascade`;
  expect((await guard())[0]?.dropped).toHaveLength(16);
  await subscribe(grown.sql, source);
  await grown.sql`select environment.ensure_catalog_server(environment.catalog_source()), environment.ensure_catalog_mappings(environment.catalog_source())`;
  expect(await sync(grown.sql, false)).toHaveLength(16);
  expect(await sync(grown.sql, true)).toEqual([]);
});
