import { outside } from "../drift/outside/all.ts";
import { birthSql, type Variant } from "../drift/outside/birth-sql.ts";
import type { OutsideChange } from "../drift/outside/change.ts";
import { OutsideDatabase } from "../drift/outside/database.ts";
import { inSets, randomSet } from "../drift/outside/sets.ts";
import { openTestCloud } from "../support/local-cloud.ts";
import { random } from "./random.ts";

/** Changes of the list that are made at once, when all of it is made in every place. */
const TOGETHER = 40;

const VARIANTS: readonly Variant[] = (["now", "before"] as const).flatMap((rules) =>
  (["postgres", "supabase_admin"] as const).map((extensions) => ({
    rules,
    extensions,
    image: extensions === "postgres" ? "newer" : "older",
  })),
);

/**
 * The long form of test/drift/outside.test.ts: `rounds` sets of 1 to 10, in turn on a local project and on
 * every form of a hosted one; then all of the list in each of these, and each change alone.
 * @throws where a change is missed, or something else is found
 */
export async function driftOutside(options: {
  readonly rounds: number;
  readonly seed: number;
  readonly report: (line: string) => void;
  readonly stop?: AbortSignal;
}): Promise<Record<string, number>> {
  const { rounds, seed, report } = options;
  const next = random(seed);
  const counts = { changes: outside.length, looks: 0, made: 0, missed: 0, false: 0 };
  const cloud = await openTestCloud();
  const opened: OutsideDatabase[] = [];
  try {
    const local = await OutsideDatabase.open(cloud, "local");
    opened.push(local);
    const { expected } = local;
    const places = [{ name: "local", database: local, home: "local" as "local" | "hosted", list: outside }];
    for (const variant of VARIANTS) {
      const name = `hosted-${Object.values(variant).join("-").replaceAll("_", "-")}`;
      const database = await OutsideDatabase.open(cloud, name, birthSql(variant));
      opened.push(database);
      places.push({ name, database, home: "hosted", list: outside.filter(({ platformsOwn }) => !platformsOwn) });
    }
    const look = async (place: (typeof places)[number], changes: readonly OutsideChange[]) => {
      options.stop?.throwIfAborted();
      const found = await place.database.find(changes, { expected, home: place.home });
      const wanted = changes.flatMap(({ finds }) => finds);
      const missed = wanted.filter((id) => !found.includes(id));
      const beyond = found.filter((id) => !wanted.includes(id));
      counts.looks += 1;
      counts.made += wanted.length;
      counts.missed += missed.length;
      counts.false += beyond.length;
      for (const id of missed) report(`${place.name}: missed ${id}`);
      for (const id of beyond)
        report(`${place.name}: false ${id}, after ${changes.map(({ name }) => name).join("; ")}`);
    };
    for (const place of places) await look(place, []);
    for (let round = 0; round < rounds; round++) {
      const place = places[round % places.length] as (typeof places)[number];
      await look(place, randomSet(place.list, next));
      if (round % 25 === 24) report(`${round + 1} sets: ${JSON.stringify(counts)}`);
    }
    for (const place of places) for (const set of inSets(place.list, TOGETHER)) await look(place, set);
    for (const change of outside) await look(places[0] as (typeof places)[number], [change]);
    report(`and all everywhere, each alone: ${JSON.stringify(counts)}`);
  } finally {
    for (const database of opened) await database.close();
    await cloud.close();
  }
  if (counts.missed + counts.false > 0) throw new Error(`not as expected: ${JSON.stringify(counts)}`);
  return counts;
}
