import { startRelayProcess } from "../relay-process.ts";
import { median } from "../table.ts";
import { type Library, ours, peers, psqlFloor } from "./libraries.ts";
import { add, type Ground, type Row, rowOf, type Scenario, type Sets, scenarios, setName } from "./rows.ts";
import type { MigrationSet } from "./sets.ts";

/** How much is measured. */
export type Limits = { quick: boolean; rounds: number | undefined; delayUpTo: number };

/** Every library in every scenario, directly and with 20 ms of delay. */
export async function benchLibraries({ cluster, databases }: Ground, sets: Sets[], limits: Limits): Promise<Row[]> {
  const rows: Row[] = [];
  for (const delay of [0, 20]) {
    const relay = delay === 0 ? undefined : await startRelayProcess({ port: cluster.port, delayMs: delay / 2 });
    try {
      for (const pair of sets.filter(({ full }) => delay === 0 || full.count <= limits.delayUpTo)) {
        const rounds = roundsFor(delay, pair.full, limits);
        for (const scenario of scenarios)
          rows.push(await benchRow({ cluster, databases, pair, scenario, rounds, relay }));
      }
    } finally {
      relay?.stop();
    }
  }
  return rows;
}

/** Few where one run takes long: a delayed one is as long as its round trips. */
function roundsFor(delay: number, { name, count }: MigrationSet, { quick, rounds }: Limits): number {
  if (quick) return delay === 0 ? 3 : 1;
  if (rounds !== undefined && delay === 0) return rounds;
  if (delay > 0) return count >= 100 || name === "project" ? 1 : 3;
  return count >= 500 ? 3 : count >= 100 ? 5 : 9;
}

type RowOptions = Ground & {
  pair: Sets;
  scenario: Scenario;
  rounds: number;
  relay: { port: number } | undefined;
};

async function benchRow(options: RowOptions): Promise<Row> {
  const { cluster, databases, pair, scenario, rounds, relay } = options;
  const times: Record<string, number[]> = {};
  const url = (database: string): string => {
    const found = new URL(cluster.url(database));
    if (relay) found.port = String(relay.port);
    return found.href;
  };
  const note = (name: string, ms: number): void => add(times, name, ms);
  for (let round = 0; round < rounds; round++) {
    // In turns, so that what else the machine does meets all of them alike.
    await databases.copy(await start(options, ours), async (name) =>
      note("psql (floor)", floor(url(name), pair, scenario)),
    );
    for (const library of [ours, ...peers]) {
      const template = await start(options, library);
      await databases.copy(template, async (name) => note(library.name, await library.run(url(name), pair.full)));
    }
  }
  const ratios = (times[ours.name] ?? []).map((ms, index) => ms / (times["psql (floor)"]?.[index] ?? Number.NaN));
  return rowOf({ where: relay ? "20 ms" : "loopback", set: setName(pair), scenario, ratio: median(ratios) }, times);
}

function floor(url: string, { full }: Sets, scenario: Scenario): number {
  return psqlFloor(
    url,
    full,
    scenario === "empty to full" ? full.files : scenario === "no-op" ? [] : full.files.slice(-1),
  );
}

/** The template a scenario starts from, made once per tool without delay. */
async function start({ cluster, databases, pair, scenario }: RowOptions, library: Library): Promise<string> {
  if (scenario === "empty to full") return "empty";
  const set = scenario === "no-op" ? pair.full : pair.before;
  const name = `${library.name} ${setName(pair)} ${scenario}`.replace(/\W+/g, "_");
  return databases.template(name, "empty", (database) => library.run(cluster.url(database), set));
}
