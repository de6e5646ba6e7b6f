// What reading the catalog across databases costs: the sailing search on Production, in a preview as the system description
// sets it up, and in a preview as this project does.
import { parseArgs } from "node:util";
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

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "15" },
    prepared: { type: "boolean", default: false },
    request: { type: "boolean", default: false },
    option: { type: "string", multiple: true, default: [] },
    plans: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [rows, rounds] = [Number(values.rows), Number(values.rounds)];
const manner: Manner = { prepare: values.prepared, request: values.request };
const options = Object.fromEntries(values.option.map((text) => text.split("=", 2) as [string, string]));
const say = (line: string) => void process.stderr.write(`${line}\n`);

const queries = [...searches, plainJoin];
const results = queries.map(emptyResult);
const machine = describeMachine();
const places = await startPlaces(rows, { options }, say);
try {
  await measureNear(places);
  await measureFar(places);
} finally {
  await places.remove();
}
report();

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
async function measureNear({ near, connect }: Places): Promise<void> {
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
async function measureFar({ near, connect }: Places): Promise<void> {
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

function report(): void {
  const set = results.filter(({ name }) => name !== plainJoin.name);
  if (values.plans) {
    for (const { name, plans } of results) {
      for (const place of PLACES) say(`\n${name}, ${place}:\n${plans[place].text}`);
    }
  }
  if (values.json) {
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
