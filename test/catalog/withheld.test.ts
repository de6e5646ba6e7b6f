import { afterAll, beforeAll, expect, test } from "vitest";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { checkCatalog as doctorOf } from "../../operations/doctor/catalog.ts";
import { checkCatalog as driftOf } from "../../operations/drift/core/layers/catalog.ts";
import type { CatalogSource } from "../../operations/drift/core/layers/catalog-source.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let source: CatalogSource;
const prod = (statement: string) => pair.prod.sql.unsafe(statement);

beforeAll(async () => {
  pair = await startPair();
  await prod(
    "insert into catalog.cruise_regions (provider_identifier, name, slug) select n, n, n from generate_series(1, 9) n",
  );
  await prod("analyze catalog.cruise_regions");
  const [row] = await pair.preview.sql`select value from environment.settings where name = 'catalog_source'`;
  source = row?.value;
});
afterAll(() => pair?.remove());

/** What read, drift and doctor say of the publisher, in this order. */
async function said(): Promise<string[]> {
  await pair.catalog.refresh();
  const { host, port, password } = pair.preview;
  const login = { host, port, password, user: "postgres", database: "postgres" };
  const drift = await driftOf(login, source, catalogTableNames);
  const doctor = await doctorOf(login);
  return [
    (pair.catalog.state.withheld ?? []).join("; "),
    drift.map(({ object, found, repair }) => `${object}: ${found}; ${repair.advice}`).join("; "),
    doctor.flatMap(({ level, found, next }) => (level === "warning" ? [`${found}; ${next}`] : [])).join("; "),
  ];
}

async function allSay(pattern: RegExp): Promise<void> {
  for (const text of await said()) expect(text).toMatch(pattern);
}

test("nothing is withheld to begin with", async () => {
  expect(await said()).toEqual(["", "", ""]);
});

test("row-level security that lets the reader see nothing", async () => {
  await prod("alter table catalog.cruise_regions enable row level security");
  await allSay(/row-level security hides rows of cruise_regions from the reader.*`up` on the publisher/);
  await pair.reader.refresh();
  await pair.reader.up(pair.readerProgram());
  expect(await said()).toEqual(["", "", ""]);
});

test("a restrictive policy, and one for others only", async () => {
  await prod("create policy mine on catalog.cruise_regions as restrictive to authenticated using (false)");
  expect(await said()).toEqual(["", "", ""]);
  await prod("create policy few on catalog.cruise_regions as restrictive for select using (slug <> '3')");
  await allSay(/restrictive policy "few" hides rows of cruise_regions.*owner name the roles/);
  await pair.reader.refresh();
  expect(pair.reader.state.beyondReach.join()).toMatch(
    /restrictive policy "few" of catalog\.cruise_regions hides rows.*reader counts 8 of 9 rows/s,
  );
  await prod("drop policy few on catalog.cruise_regions");
  await pair.reader.refresh();
  expect(pair.reader.state.beyondReach).toEqual([]);
});

test("a table of another owner in the schema, published or not", async () => {
  const platform = await pair.prod.connectAsPlatform();
  await platform`create table catalog.by_hand (id int)`;
  await allSay(
    /catalog\.by_hand belongs to supabase_admin, and the reader may not read it.*supabase_admin grant select/,
  );
  await platform`drop table catalog.by_hand`;
});

test("a table that reads as empty although its statistics count rows", async () => {
  await prod("delete from catalog.cruise_regions");
  await allSay(/cruise_regions reads as empty, and the publisher's statistics count about 9 rows/);
});
