import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readColumns } from "../../operations/drift/core/layers/catalog-read.ts";
import { errorOf } from "../database/migrated.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let prod: Sql;
let preview: Sql;
const program = (tables = ["berth"]) => pair.catalogProgram({ tables });

beforeAll(async () => {
  pair = await startPair();
  [prod, preview] = [pair.prod.sql, pair.preview.sql];
  await prod.unsafe(`
    create type catalog.deck as enum ('open', 'closed');
    create domain catalog.kind as catalog.deck;
    create domain catalog.places as smallint check (value > 0);
    create domain catalog.two as catalog.places;
    create domain catalog.price as numeric(12, 2);
    create domain catalog.code as text collate "C";
    create table catalog.berth (
      id int primary key, deck catalog.deck not null, kind catalog.kind, places catalog.places, two catalog.two,
      price catalog.price, code catalog.code, decks catalog.deck[], prices catalog.price[], plain varchar(20)[]);
    insert into catalog.berth values
      (1, 'open', 'open', 2, 2, 10.5, 'b', '{open,closed}', '{1.50,2.50}', '{x}'),
      (2, 'closed', 'closed', 4, 4, 20, 'a', '{closed}', '{3}', '{y}');`);
  await pair.catalog.up(program());
});
afterAll(() => pair?.remove());

const ids = async (where: string, ...values: string[]): Promise<number[]> => {
  const rows = await preview.unsafe<{ id: number }[]>(
    `select id from catalog.berth where ${where} order by id`,
    values,
  );
  return rows.map(({ id }) => id);
};

/** What is sent to Production for a query. */
async function sent(query: string): Promise<string> {
  const rows = await preview.unsafe(`explain (verbose, costs off) ${query}`);
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

test("each column has a type that every database has, and nothing differs", async () => {
  const columns = await preview`
    select attname as name, format_type(atttypid, atttypmod) as type, attcollation::regcollation::text as collation
    from pg_attribute where attrelid = 'catalog.berth'::regclass and attnum > 0 order by attnum`;
  expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual({
    id: "integer",
    deck: "environment.opaque_text",
    kind: "environment.opaque_text",
    places: "smallint",
    two: "smallint",
    price: "numeric(12,2)",
    code: "text",
    decks: "environment.opaque_text_list",
    prices: "environment.opaque_numeric_12_2_list",
    plain: "character varying(20)[]",
  });
  expect(columns.find(({ name }) => name === "code")?.collation).toBe('"C"');
  await pair.catalog.refresh();
  expect(pair.catalog.state.differences).toEqual([]);
  expect(pair.catalog.diff(program())).toEqual([]);
});

test("clients see the types underneath", async () => {
  const [row] = await preview`select deck, kind, places, price, decks, plain from catalog.berth where id = 1`;
  const expected = { deck: "open", kind: "open", places: 2, price: "10.50", decks: ["open", "closed"], plain: ["x"] };
  expect(row).toEqual(expected);
});

test("every form of filter answers what it means, also the ones that Production's own types lack", async () => {
  expect(await ids("deck = 'open'")).toEqual([1]);
  expect(await ids("deck = $1", "closed")).toEqual([2]);
  expect(await ids("deck in ('open', 'closed')")).toEqual([1, 2]);
  expect(await ids("deck like 'cl%'")).toEqual([2]);
  expect(await ids("kind <> 'open'")).toEqual([2]);
  expect(await ids("'open' = any (decks)")).toEqual([1]);
  expect(await ids("decks @> array['closed']")).toEqual([1, 2]);
  expect(await ids("3 = any (prices)")).toEqual([2]);
  expect(await ids("places = $1 and price > 15", "4")).toEqual([2]);
  const sorted = await preview`select deck from catalog.berth order by deck`;
  expect(sorted.map(({ deck }) => deck)).toEqual(["closed", "open"]);
});

test("a role that may not use the schema of the stand-in types reads and filters as well", async () => {
  const [, rows] = await preview.begin((sql) => [
    sql`set local role authenticated`,
    sql`select deck, decks from catalog.berth where deck = 'open' and 'closed' = any (decks)`,
  ]);
  expect(rows).toEqual([{ deck: "open", decks: ["open", "closed"] }]);
});

test("a prepared statement keeps its answer when its plan becomes a generic one", async () => {
  const sql = pair.preview.connect({ max: 1 });
  await sql`set plan_cache_mode = force_generic_plan`;
  expect(await sql`select id from catalog.berth where deck = ${"open"} and places = ${2}`).toEqual([{ id: 1 }]);
  await sql.end();
});

test("what compares the same on both sides is sent, what does not is not", async () => {
  const filtered = await sent("select id from catalog.berth where places = 4 and price > 15 and code = 'a'");
  for (const part of ["places = 4", "price > 15", "code = 'a'"])
    expect(filtered).toMatch(new RegExp(`Remote SQL: .*WHERE.*${part}`));
  expect(filtered).not.toMatch(/Filter:/);
  expect(await sent("select id from catalog.berth where deck = 'open' and id = 1")).toMatch(
    /Filter: .*deck.*\n.*Remote SQL: .*WHERE \(\(id = 1\)\)\n/,
  );
  expect(await sent("select id from catalog.berth order by deck limit 1")).not.toMatch(/ORDER BY/);
});

test("a label that Production adds is read and found at once, without an up", async () => {
  await prod`alter type catalog.deck add value 'glazed' before 'closed'`;
  await prod`insert into catalog.berth (id, deck, decks) values (3, 'glazed', '{glazed}')`;
  expect(await ids("deck = 'glazed'")).toEqual([3]);
  expect(await ids("'glazed' = any (decks)")).toEqual([3]);
  await pair.catalog.refresh();
  expect(pair.catalog.state.differences).toEqual([]);
});

test("a check that Production adds to a domain changes nothing here", async () => {
  await prod`alter domain catalog.places add constraint few check (value < 1000)`;
  expect(await ids("places = 2")).toEqual([1]);
});

test("an enum that this database has too is not compared there either", async () => {
  await preview.unsafe("create type catalog.deck as enum ('open')");
  await preview.unsafe("alter foreign table catalog.berth alter column deck type catalog.deck");
  expect((await errorOf(preview`select deck from catalog.berth`)).code).toBe("22P02");
  await pair.catalog.refresh();
  expect(pair.catalog.state.differences.join()).toMatch(/berth\.deck: set type/);
  await pair.catalog.up(program());
  expect(await ids("deck = 'glazed'")).toEqual([3]);
  await preview.unsafe("drop type catalog.deck");
});

test("plain text, as an import would be corrected by hand, fails as soon as a value is a parameter", async () => {
  await preview.unsafe("alter foreign table catalog.berth alter column deck type text");
  const sql = pair.preview.connect({ max: 1 });
  await sql`set plan_cache_mode = force_generic_plan`;
  expect((await errorOf(sql`select id from catalog.berth where deck = ${"open"}`)).code).toBe("42883");
  expect((await errorOf(sql`select id from catalog.berth where deck like 'o%'`)).code).toBe("42883");
  await sql.end();
  await pair.catalog.refresh();
  await pair.catalog.up(program());
});

test("drift sees the same types on both sides", async () => {
  const reader = pair.prod.connect({ user: pair.reader.state.user, password: pair.reader.state.password });
  const there = await readColumns(reader, { schema: "catalog" });
  const here = await readColumns(preview, { schema: "catalog", server: "prod_catalog" });
  expect(here.get("berth")).toEqual(there.get("berth"));
});
