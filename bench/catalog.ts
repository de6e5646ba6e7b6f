// What reading the catalog across databases costs: the sailing search on Production, in a preview as the system description
// sets it up, and in a preview as this project does.
import { isWholeTable, type Manner, medianTime, type Plan, planOf, timeOf } from "./catalog/measure.ts";
import { type Place, type Places, type Route, startPlaces } from "./catalog/places.ts";
import { type CatalogQuery, plainJoin, searches, warmUp } from "./catalog/queries.ts";
import { type Cell, type Result, sums, timesTable, trafficTable } from "./catalog/report.ts";
import { describeMachine } from "./machine.ts";
import { startRelayProcess } from "./relay-process.ts";

const PLACES: readonly Place[] = ["production", "seed", "ours"];
const DELAY_MS = 20;
/** Milliseconds one query may be repeated for in one place. */
const BUDGET_MS = 4000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

interface CatalogOptions {
  /** Of the largest table. */
  readonly rows: number;
  /** Repetitions of a query in one place, as far as its time allows. */
  readonly rounds: number;
  readonly manner: Manner;
  /** Options of the foreign server, over the product's own. */
  readonly options: Record<string, string>;
  /** Show the plans, too. */
  readonly plans: boolean;
  readonly json: boolean;
}

const queries = [...searches, plainJoin];

/** The searches on Production, in a preview as described and in one as set up here. */
export async function benchCatalog(options: CatalogOptions): Promise<void> {
  const results = queries.map(emptyResult);
  const machine = describeMachine();
  const places = await startPlaces(options.rows, { options: options.options }, say);
  try {
    await measureNear(places, results, options);
    await measureFar(places, results, options);
  } finally {
    await places.remove();
  }
  report(results, machine, options);
}

function emptyResult({ name, pushed = true }: CatalogQuery): Result {
  const cell = (): Cell => ({ ms: {}, turns: 0, received: 0, rows: 0, wholeTable: false });
  const plan: Plan = { requests: [], text: "" };
  return {
    name,
    pushed,
    cells: { production: cell(), seed: cell(), ours: cell() },
    plans: { production: plan, seed: plan, ours: plan },
  };
}

/** Times with nothing between the databases, and the plans. */
async function measureNear(
  { near, connect }: Places,
  results: Result[],
  { manner, rounds }: CatalogOptions,
): Promise<void> {
  for (const place of PLACES) {
    const sql = await connect(place, near);
    for (const [index, query] of queries.entries()) {
      const result = results[index];
      if (!result) continue;
      const plan = await planOf(sql, query);
      const cell = result.cells[place];
      result.plans[place] = plan;
      cell.rows = plan.requests.reduce((sum, request) => sum + request.rows, 0);
      cell.wholeTable = plan.requests.some(isWholeTable);
      cell.ms[0] = await medianTime({ sql, query, manner, rounds, budgetMs: BUDGET_MS });
    }
    await sql.end();
    say(`${place}: measured on loopback`);
  }
}

/** Times with a delay between the databases, and what crossed between them. */
async function measureFar({ near, connect }: Places, results: Result[], { manner }: CatalogOptions): Promise<void> {
  const relay = await startRelayProcess({ ...near, delayMs: DELAY_MS / 2 });
  const route: Route = { host: "127.0.0.1", port: relay.port };
  try {
    for (const place of PLACES) {
      const sql = await connect(place, route);
      await timeOf(sql, warmUp, manner);
      for (const [index, query] of queries.entries()) {
        const cell = results[index]?.cells[place];
        if (!cell) continue;
        const before = await relay.passed();
        const once = await timeOf(sql, query, manner);
        const after = await relay.passed();
        Object.assign(cell, { turns: after.turns - before.turns, received: after.received - before.received });
        const budgetMs = BUDGET_MS - once;
        cell.ms[DELAY_MS] = budgetMs > 0 ? await medianTime({ sql, query, manner, rounds: 7, budgetMs }) : once;
      }
      await sql.end();
      say(`${place}: measured at ${DELAY_MS} ms`);
    }
  } finally {
    relay.stop();
  }
}

function report(results: Result[], machine: string, { rows, manner, options, plans, json }: CatalogOptions): void {
  const set = results.filter(({ name }) => name !== plainJoin.name);
  if (plans) {
    for (const { name, plans: found } of results) {
      for (const place of PLACES) say(`\n${name}, ${place}:\n${found[place].text}`);
    }
  }
  if (json) {
    const totals = { 0: sums(set, 0), [DELAY_MS]: sums(set, DELAY_MS) };
    process.stdout.write(`${JSON.stringify({ machine, rows, ...manner, options, results, totals }, null, 2)}\n`);
    return;
  }
  console.log(
    `${machine}\n${rows} sailings, ${manner.prepare ? "prepared" : "unprepared"} statements${manner.request ? " in requests" : ""}`,
  );
  console.log("(a) Production, (b) a preview as described, (c) a preview as set up here\n");
  for (const delay of [0, DELAY_MS]) console.log(`${timesTable(set, delay)}\n`);
  console.log(trafficTable(results));
}
