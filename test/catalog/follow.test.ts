import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDbClient } from "../../db/client.ts";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { followPublisher } from "../../providers/database/foreign/establish.ts";
import type { Source } from "../../providers/database/foreign/source.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let prod: Sql;
let preview: Sql;

beforeAll(async () => {
  pair = await startPair();
  [prod, preview] = [pair.prod.sql, pair.preview.sql];
  await prod`insert into catalog.cruise_regions (provider_identifier, name, slug) values ('1', 'Here', 'here')`;
});
afterAll(() => pair?.remove());

/** What preview --refresh shows. */
async function seen(): Promise<string[]> {
  await pair.catalog.refresh();
  return pair.catalog.state.differences;
}

/** `up`, after which nothing differs. */
async function settle(more: object = {}): Promise<void> {
  await pair.catalog.up(pair.catalogProgram(more));
  expect(await seen()).toEqual([]);
  expect(pair.catalog.diff(pair.catalogProgram(more))).toEqual([]);
}

async function asRole(role: string, query: string): Promise<object[]> {
  const [, rows] = await preview.begin((sql) => [sql.unsafe(`set local role ${role}`), sql.unsafe<object[]>(query)]);
  return [...(rows ?? [])];
}

test("a column renamed on Production is seen as gone and come, and followed", async () => {
  await preview.unsafe(
    "create function public.regions() returns bigint language sql as 'select count(*) from catalog.cruise_regions'",
  );
  await prod`alter table catalog.cruise_regions rename column slug to path`;
  expect(await seen()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/cruise_regions\.slug: drop column/),
      expect.stringMatching(/cruise_regions\.path: add column/),
      expect.stringMatching(/cannot read the catalog: cruise_regions: SQLSTATE 42703.*next/),
    ]),
  );
  await settle();
  expect(await asRole("authenticated", "select path from catalog.cruise_regions")).toEqual([{ path: "here" }]);
  expect((await preview`select public.regions() as n`)[0]?.n).toBe("1");
});

test("a table added to and dropped from what is published, with its grants", async () => {
  await prod`create table catalog.extras (id int primary key, label text)`;
  await prod`insert into catalog.extras values (1, 'one')`;
  const tables = [...catalogTableNames, "extras"];
  await settle({ tables });
  expect(await asRole("authenticated", "select label from catalog.extras")).toEqual([{ label: "one" }]);
  await prod`alter table catalog.extras rename to additions`;
  expect((await seen()).join()).toMatch(/lacks: extras/);
  await expect(pair.catalog.up(pair.catalogProgram({ tables }))).rejects.toThrow(/HV00R.*extras/s);
  await settle({ tables: [...catalogTableNames, "additions"] });
  expect(await asRole("service_role", "select label from catalog.additions")).toEqual([{ label: "one" }]);
  await settle();
  expect(await preview`select from pg_class where relname in ('extras', 'additions')`).toHaveLength(0);
});

test("what pr resync runs makes a new table readable by every role of the catalog, as up does", async () => {
  await prod`create table catalog.berths (id int primary key)`;
  const database = createDbClient(pair.preview.url, { max: 1, onnotice: () => {} });
  const [row] = await database.$client<{ source: Source }[]>`select environment.catalog_source() as source`;
  if (!row) throw new Error("no source");
  const wanted = { ...row.source, tables: [...catalogTableNames, "berths"] };
  const changes = await database.$client.begin((sql) => followPublisher(sql, wanted));
  expect(changes.join()).toMatch(/berths.*grants put in order/);
  for (const role of ["authenticated", "service_role"]) {
    expect(await asRole(role, "select id from catalog.berths")).toEqual([]);
  }
  expect(await database.$client.begin((sql) => followPublisher(sql, wanted))).toEqual([]);
  await database.$client.end();
  await prod`drop table catalog.berths`;
  await seen();
  await settle();
});

test("a type change blocked by a view of the preview names the view, and changes nothing", async () => {
  await preview`create view public.region_names as select name from catalog.cruise_regions`;
  await prod`alter table catalog.cruise_regions alter column name type varchar(400), add column rank int`;
  expect((await seen()).join()).toMatch(/rank: add column.*cruise_regions.name: set type/);
  await expect(pair.catalog.up(pair.catalogProgram())).rejects.toThrow(/cruise_regions.*region_names/s);
  const [column] = await preview`
    select from information_schema.columns where table_name = 'cruise_regions' and column_name = 'rank'`;
  expect(column).toBeUndefined();
  await preview`drop view public.region_names`;
  await settle();
});

test("a type that a database of Production alone has is refused with column and type, until the preview has it", async () => {
  const type = "create type catalog.berth as (deck int, side text)";
  await prod.unsafe(`${type}; alter table catalog.cruise_regions add column berth catalog.berth`);
  expect((await seen()).join()).toMatch(/cruise_regions\.berth of server prod_catalog has type catalog\.berth, which/);
  await expect(pair.catalog.up(pair.catalogProgram())).rejects.toThrow(/42704.*catalog\.berth.*create the type here/s);
  await preview.unsafe(type);
  await settle();
  await prod`alter table catalog.cruise_regions drop column berth`;
  expect((await seen()).join()).toMatch(/berth: drop column/);
  await settle();
});

test("a table that Production made private to another owner is named by the probe", async () => {
  await prod`revoke select on catalog.cruise_ports from fdw_catalog_ro`;
  expect((await seen()).join("\n")).toMatch(/42501.*cruise_ports.*next: .*up/);
  await pair.reader.refresh();
  await pair.reader.up(pair.readerProgram());
  expect(await seen()).toEqual([]);
});
