import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import { catalogTableNames, rawTableNames } from "../../db/schema/catalog-tables.ts";
import { catalogSnapshot } from "../../providers/database/catalog-snapshot.provider.ts";
import { migrations } from "../../providers/database/migrations.provider.ts";
import { describeDatabase } from "../database/describe.ts";
import { migrateWithDrizzle, migrationsFolder, sourceOf, subscribe } from "../database/migrated.ts";
import { configurationOf, Driven, type DrivenOf } from "../support/provider-call.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { type Pair, startPair } from "./pair.ts";

type Mode = "local" | "foreign" | "snapshot";

let pair: Pair;
let preview: Sql;
let schema: DrivenOf<typeof migrations>;
let snapshot: DrivenOf<typeof catalogSnapshot>;
let fresh: Record<"local" | "foreign", string[]>;
const config = () => configurationOf(pair.preview);
const tables = catalogTableNames.filter((name) => !rawTableNames.includes(name));

beforeAll(async () => {
  pair = await startPair();
  preview = pair.preview.sql;
  schema = new Driven(migrations, config());
  snapshot = new Driven(catalogSnapshot, config());
  await schema.up(program("foreign"));
  const [local, foreign] = await Promise.all([
    pair.cloud.createDatabase("local"),
    pair.cloud.createDatabase("foreign"),
  ]);
  await subscribe(foreign.sql, sourceOf(pair.prod));
  for (const database of [local, foreign]) await migrateWithDrizzle(database);
  fresh = { local: await shape(local), foreign: await shape(foreign) };
  await loadSampleCatalog(pair.prod.sql, { sailings: 30 });
  await preview.unsafe(`
    create view public.region_names with (security_invoker = true) as select name, slug from catalog.cruise_regions;
    comment on view public.region_names is 'kept';
    grant select on public.region_names to authenticated;`);
});
afterAll(async () => {
  await pair?.remove();
});

const shape = async (database: Pick<TestDatabase, "sql">) =>
  (await describeDatabase(database)).filter((line) => !/migration_(progress|history)|region_names/.test(line));

function program(mode: Mode, more: object = {}): Record<string, unknown> {
  const source = { ...sourceOf(pair.prod), user: pair.reader.state.user };
  const settings = mode === "local" ? { catalog: mode } : { catalog: mode, catalog_source: source };
  return { projectRef: pair.preview.ref, folder: migrationsFolder, settings, ...more };
}

function snapshotProgram(more: object = {}): Record<string, unknown> {
  const { options } = sourceOf(pair.prod);
  const { user } = pair.reader.state;
  return { projectRef: pair.preview.ref, user, vaultSecret: "fdw_password", options, tables, ...more };
}

const regionsAs = async (role: string) => {
  const [, rows] = await preview.begin((sql) => [
    sql.unsafe(`set local role ${role}`),
    sql.unsafe<{ slug: string }[]>("select slug from public.region_names order by slug"),
  ]);
  return rows?.map(({ slug }) => slug);
};

const published = async () => {
  const rows = await pair.prod.sql<{ slug: string }[]>`select slug from catalog.cruise_regions order by slug`;
  return rows.map(({ slug }) => slug);
};

test("foreign to snapshot: the same tables as a local environment, filled, with nothing that leads to the publisher", async () => {
  const wanted = schema.checked(program("snapshot"));
  expect(migrations.foresee?.(schema.state, wanted)).toEqual([
    expect.stringMatching(/from foreign to snapshot.*no row is dropped/),
  ]);
  await schema.up(program("snapshot"));
  await snapshot.up(snapshotProgram());
  await pair.catalog.delete();
  expect(await shape(pair.preview)).toEqual(fresh.local);
  expect(await regionsAs("authenticated")).toEqual(await published());
  expect(snapshot.state).toMatchObject({ generation: 1, differences: [], notes: [] });
  expect(snapshot.state.rows).toMatchObject({ cruise_lines: 12, cruise_sailings: 30 });
  expect(Object.keys(snapshot.state.rows).sort()).toEqual(tables);
  expect(snapshot.messages).toEqual(
    expect.arrayContaining([expect.stringMatching(/cruise_sailings: 30 rows.* of 15\)/)]),
  );
  expect(await preview`select from pg_foreign_server`).toHaveLength(0);
  expect(await preview`select from pg_namespace where nspname ~ '^catalog_'`).toHaveLength(0);
  await snapshot.refresh();
  expect(snapshot.diff(snapshotProgram())).toEqual([]);
});

test("a snapshot stays as it was until its generation is raised", async () => {
  const before = await published();
  await pair.prod
    .sql`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('e', 'East', 'east')`;
  await preview`update catalog.cruise_lines set name = 'Mine'`;
  expect(await snapshot.up(snapshotProgram())).toEqual([]);
  expect(await regionsAs("authenticated")).toEqual(before);
  const again = snapshotProgram({ generation: 2 });
  expect(catalogSnapshot.foresee?.(snapshot.state, snapshot.checked(again)).join()).toMatch(/copied again/);
  expect(await snapshot.up(again)).toEqual(["generation"]);
  expect(await regionsAs("authenticated")).toEqual(await published());
  expect(await preview`select from catalog.cruise_lines where name = 'Mine'`).toHaveLength(0);
  expect(await shape(pair.preview)).toEqual(fresh.local);
});

test("a copy that is cut off goes on where it was, and corrects what the publisher changed during it", async () => {
  const again = snapshotProgram({ generation: 3 });
  const gate = pair.prod.connect();
  await gate.unsafe(`
    alter table catalog.cruise_ports enable row level security;
    create policy gate on catalog.cruise_ports to fdw_catalog_ro using (pg_advisory_xact_lock_shared(42) is not null)`);
  const first = await blockedCopy(gate, again);
  await preview`select pg_terminate_backend(${first.pid})`;
  await expect(first.running).rejects.toThrow(/connection.*was lost.*stay copied: run up again/);
  await gate`select pg_advisory_unlock(42)`;
  expect(await preview`select from catalog.cruise_sailings`).toHaveLength(30);

  snapshot.messages.length = 0;
  const second = await blockedCopy(gate, again);
  // Sailings are copied before the ships they refer to: one whose ship is gone by then is copied once more.
  await gate.unsafe(`
    delete from catalog.cruise_sailings where ship_id = (select ship_id from catalog.cruise_sailings limit 1);
    delete from catalog.cruise_ships s where not exists (select from catalog.cruise_sailings where ship_id = s.id);
    select pg_advisory_unlock(42)`);
  await second.running;
  expect(snapshot.messages.join("\n")).toMatch(
    /cruise_sailings: 30 rows, copied before the interruption[\s\S]*copying once more/,
  );
  await gate.unsafe(
    "drop policy gate on catalog.cruise_ports; alter table catalog.cruise_ports disable row level security",
  );
  expect(await preview`select id from catalog.cruise_sailings order by 1`).toEqual(
    await pair.prod.sql`select id from catalog.cruise_sailings order by 1`,
  );
  expect(await preview`select from pg_foreign_server`).toHaveLength(0);
});

/** Starts a copy and answers once it waits at the ports, whose rows the publisher shows when the gate is open. */
async function blockedCopy(
  gate: Sql,
  wanted: Record<string, unknown>,
): Promise<{ pid: number; running: Promise<unknown> }> {
  await gate`select pg_advisory_lock(42)`;
  const running = snapshot.up(wanted);
  running.catch(() => {});
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
    const [waiting] = await pair.prod
      .sql`select from pg_locks where locktype = 'advisory' and objid = 42 and not granted`;
    const [copy] = await preview<{ pid: number }[]>`
      select pid from pg_stat_activity where query ~ 'from catalog_remote.*cruise_ports' and pid <> pg_backend_pid()`;
    if (waiting && copy) return { pid: copy.pid, running };
  }
  throw new Error("the copy does not wait for the publisher");
}

test("snapshot to foreign asks for a yes while there are rows, and then is what a fresh one is", async () => {
  const refused = schema.up(program("foreign"));
  await expect(refused).rejects.toThrow(
    /would drop rows of: .*catalog\.cruise_regions.*discardCatalogRows = snapshot-to-foreign/s,
  );
  expect(await regionsAs("authenticated")).toEqual(await published());
  const yes = program("foreign", { discardCatalogRows: "snapshot-to-foreign" });
  expect(migrations.foresee?.(schema.state, schema.checked(yes)).join()).toMatch(/snapshot to foreign.*rows go/);
  await schema.up(yes);
  pair.catalog.state = undefined;
  await pair.catalog.up(pair.catalogProgram());
  await snapshot.delete();
  expect(await shape(pair.preview)).toEqual(fresh.foreign);
  expect(await regionsAs("authenticated")).toEqual(await published());
});

test("what is built on the catalog and is no plain view is named, and nothing is switched", async () => {
  const built = {
    "public.region_list": "materialized view public.region_list as select slug from catalog.cruise_regions",
    "region_count\\(\\)":
      "function public.region_count() returns bigint begin atomic select count(*) from catalog.cruise_regions; end",
  };
  for (const [name, statement] of Object.entries(built)) {
    await preview.unsafe(`create ${statement}`);
    await expect(schema.up(program("local"))).rejects.toThrow(new RegExp(`2BP01.*${name}`, "s"));
    expect(await regionsAs("authenticated")).toEqual(await published());
    await preview.unsafe(`drop ${/^(materialized )?\w+ [\w.]+/.exec(statement)?.[0]}`);
  }
  expect(await shape(pair.preview)).toEqual(fresh.foreign);
});

test("local to foreign asks for a yes while there are rows", async () => {
  await schema.up(program("local"));
  await pair.catalog.delete();
  await preview`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('9', 'Own', 'own')`;
  await expect(schema.up(program("foreign"))).rejects.toThrow(
    /would drop rows of: catalog\.cruise_regions\b.*Nothing was changed.*discardCatalogRows = local-to-foreign/s,
  );
  const another = program("foreign", { discardCatalogRows: "snapshot-to-foreign" });
  await expect(schema.up(another)).rejects.toThrow(/would drop rows of/);
  expect(await regionsAs("authenticated")).toEqual(["own"]);
  const yes = program("foreign", { discardCatalogRows: "local-to-foreign" });
  expect(migrations.foresee?.(schema.state, schema.checked(yes)).join()).toMatch(/local to foreign.*rows go/);
  await schema.up(yes);
  pair.catalog.state = undefined;
  await pair.catalog.up(pair.catalogProgram());
  expect(await shape(pair.preview)).toEqual(fresh.foreign);
  expect(await regionsAs("authenticated")).toEqual(await published());
});

test("foreign to local starts empty, local to snapshot asks for a yes while there are rows of its own", async () => {
  await schema.up(program("local"));
  await pair.catalog.delete();
  expect(await shape(pair.preview)).toEqual(fresh.local);
  expect(await regionsAs("authenticated")).toEqual([]);
  await preview`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('9', 'Own', 'own')`;
  await schema.up(program("snapshot"));
  snapshot = new Driven(catalogSnapshot, config());
  await expect(snapshot.up(snapshotProgram())).rejects.toThrow(
    /no copy: catalog\.cruise_regions.*discardCatalogRows = local-to-snapshot/,
  );
  expect(await regionsAs("authenticated")).toEqual(["own"]);
  await snapshot.up(snapshotProgram({ discardCatalogRows: "local-to-snapshot" }));
  expect(await regionsAs("authenticated")).toEqual(await published());
  expect((await preview`select obj_description('public.region_names'::regclass) as comment`)[0]?.comment).toBe("kept");
});

test("tables of another shape: shared columns are copied, the rest is told", async () => {
  await pair.prod.sql.unsafe("alter table catalog.cruise_regions add column rank int not null default 7");
  await preview.unsafe(`
    alter table catalog.cruise_regions add column mood text not null default 'calm';
    create table catalog.extra (id int primary key)`);
  const wanted = snapshotProgram({ generation: 2, tables: [...tables, "extra"] });
  await snapshot.up(wanted);
  expect(snapshot.state.notes).toEqual([
    "extra: the publisher does not have it, so it is left as it is",
    "cruise_regions.mood: only this database has it, and it gets its default",
    "cruise_regions.rank: only the publisher has it, and it is left out",
  ]);
  expect(await preview`select distinct mood from catalog.cruise_regions`).toEqual([{ mood: "calm" }]);
  await snapshot.refresh();
  expect(snapshot.diff(wanted)).toEqual([]);
  await preview.unsafe("alter table catalog.cruise_regions add constraint one check (slug <> 'east')").catch(() => {});
  await preview.unsafe(
    "truncate catalog.cruise_regions cascade; alter table catalog.cruise_regions add constraint one check (slug <> 'east')",
  );
  const next = { ...wanted, generation: 3 };
  await expect(snapshot.up(next)).rejects.toThrow(/does not fit.*23514.*one.*change it/s);
});
