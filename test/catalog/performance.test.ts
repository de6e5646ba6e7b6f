import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillBookings, fillCatalog } from "../../bench/catalog/data.ts";
import { isWholeTable, planOf } from "../../bench/catalog/measure.ts";
import { type CatalogQuery, plainJoin, searches, warmUp } from "../../bench/catalog/queries.ts";
import { serverOptions } from "../../environment/server-options.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { type Pair, startPair } from "./pair.ts";

// The short form of `npm run bench -- catalog`, which measures times with a million sailings: what is sent to Production.

const SAILINGS = 20_000;
/** There are 50 times fewer sailings than in the bench, so a window is wider and a deep page less deep: none is empty. */
const WINDOW: Readonly<Record<string, string>> = { "2027-03-01": "2026-02-01", "2027-06-01": "2028-12-01" };
const queries = searches.map((query) => ({
  ...query,
  text: query.text.replace("offset 1000", "offset 100"),
  parameters: query.parameters.map((value) => (typeof value === "string" ? (WINDOW[value] ?? value) : value)),
}));
let pair: Pair;
let relay: Relay;
let preview: Sql;

beforeAll(async () => {
  pair = await startPair({ timeoutSeconds: 30 });
  relay = await startRelay({ host: pair.prod.host, port: pair.prod.port });
  await fillCatalog(await pair.prod.connectAsPlatform(), SAILINGS, () => undefined);
  await fillBookings(await pair.preview.connectAsPlatform(), SAILINGS);
  await pair.prod.sql.unsafe(`
    insert into catalog.cruise_sync_raw (provider_identifier, source_path, content_hash, payload)
    select n, 'path', 'hash', jsonb_build_object('payload', repeat('wide ', 8000)) from generate_series(1, 20) n`);
  await setUp("preview");
  preview = pair.preview.connect();
  await ask(warmUp);
});
afterAll(async () => {
  await relay?.stop();
  await pair?.remove();
});

function setUp(stack: string): Promise<unknown> {
  const publisher = { host: "127.0.0.1", port: relay.port, database: "postgres", sslmode: "require" };
  return pair.catalog.up(pair.catalogProgram({ options: serverOptions(publisher, stack) }));
}

const ask = ({ text, parameters }: CatalogQuery, sql = preview) =>
  sql.unsafe(text, [...parameters] as (string | number)[], { prepare: false });

/** Rows of the answer, and round trips between the databases. */
async function costOf(work: () => Promise<unknown[]>): Promise<{ rows: number; turns: number }> {
  const before = relay.turns();
  const rows = (await work()).length;
  return { rows, turns: relay.turns() - before };
}

/** What a request has to hold of a query that is answered on Production. */
function partsOf({ text, parameters }: CatalogQuery): string[] {
  const clauses = { join: " JOIN ", exists: "EXISTS (SELECT", "group by": "GROUP BY", "count(": "count(" };
  const named = Object.entries(clauses).flatMap(([said, sent]) => (text.includes(said) ? [sent] : []));
  return [...named, ...(text.includes("limit") ? ["ORDER BY", "LIMIT 20"] : []), ...parameters.map(String)];
}

test.each(queries.filter(({ pushed = true }) => pushed))("$name: one request brings the answer", async (query) => {
  const { requests, text } = await planOf(preview, query);
  expect(requests, text).toHaveLength(1);
  expect(text).not.toMatch(/^ *(Hash|Merge|Nested|Aggregate|Limit|Materialize)/m);
  for (const part of partsOf(query)) expect(requests[0]?.sql).toContain(part);
  const { rows, turns } = await costOf(() => ask(query));
  expect(rows).toBeGreaterThan(0);
  expect({ rows: requests[0]?.rows, turns }).toEqual({ rows, turns: 5 });
});

test.each(queries.filter(({ pushed }) => pushed === false))("$name: the rows are named", async (query) => {
  const { requests, text } = await planOf(preview, query);
  expect(requests.map(isWholeTable), text).toEqual([false]);
  expect(requests[0]?.sql).toMatch(/WHERE \(\(id = (ANY \()?\$1::uuid/);
  const { rows, turns } = await costOf(() => ask(query));
  expect({ rows: requests[0]?.rows, turns }).toEqual({ rows, turns: 5 });
});

test("a plain join asks for the table: the test above can fail", async () => {
  const { requests } = await planOf(preview, plainJoin);
  expect(requests.some(isWholeTable)).toBe(true);
});

test("a transaction takes two round trips, and three for each read: a cursor is closed when the next one comes", async () => {
  const [query] = queries;
  if (!query) throw new Error("no search");
  await preview.unsafe("begin");
  const turns = [await costOf(() => ask(query)), await costOf(() => ask(query))].map((cost) => cost.turns);
  expect([...turns, (await costOf(() => preview.unsafe("commit"))).turns]).toEqual([3, 3, 2]);
});

test("what is fetched at a time depends on the width of the rows", async () => {
  const sizes = await preview<{ name: string; rows: number }[]>`
    select c.relname as name, o.option_value::int as rows
    from pg_foreign_table f join pg_class c on c.oid = f.ftrelid cross join pg_options_to_table(f.ftoptions) o
    where o.option_name = 'fetch_size'`;
  const rowsOf = (table: string) => sizes.find(({ name }) => name === table)?.rows ?? 0;
  expect(rowsOf("cruise_sailings")).toBe(5000);
  expect(rowsOf("cruise_sync_raw")).toBeGreaterThan(30);
  expect(rowsOf("cruise_sync_raw")).toBeLessThan(60);
  const all = "select id, name from catalog.cruise_sailings where sail_date >= '2026-01-01'";
  expect(await costOf(() => preview.unsafe(all))).toEqual({ rows: SAILINGS, turns: 9 });
});

test("a table that is in use is not waited for to change that", async () => {
  const fetched = async () => {
    const [row] = await pair.preview.sql`
      select ftoptions::text as options from pg_foreign_table where ftrelid = 'catalog.cruise_lines'::regclass`;
    return row?.options;
  };
  await pair.preview.sql`alter foreign table catalog.cruise_lines options (set fetch_size '7')`;
  await preview.unsafe("begin; select from catalog.cruise_lines");
  await setUp("another");
  expect(pair.catalog.messages.join()).toMatch(/a table is in use, so it fetches as many rows/);
  expect(await fetched()).toContain("fetch_size=7");
  await preview.unsafe("rollback");
  await setUp("preview");
  expect(await fetched()).toContain("fetch_size=5000");
});

test("Production plans for the whole answer, and not for its first rows", async () => {
  const reader = pair.prod.connect({ user: pair.reader.state.user, password: pair.reader.state.password });
  const [held] = await reader`show cursor_tuple_fraction`;
  expect(held).toEqual({ cursor_tuple_fraction: "1" });
  await reader.end();
});
