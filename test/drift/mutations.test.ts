import { afterAll, beforeAll, expect, test } from "vitest";
import { LAYERS } from "../../operations/drift/core/finding.ts";
import { random } from "../campaign/random.ts";
import { isAsExpected, mutate, type Outcome } from "./mutate.ts";
import { areas, mutations } from "./mutations/all.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { Pair } from "./pair.ts";

const MINUTES = 60_000;
const PER_AREA = 3;
let pair: Pair;

beforeAll(async () => {
  pair = await Pair.start({ grown: true });
}, 5 * MINUTES);
afterAll(() => pair?.remove());

test("the list: more than 80 changes, each with a name and something to find, in every layer", () => {
  expect(mutations.length).toBeGreaterThan(80);
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  expect(mutations.filter(({ finds }) => finds.length === 0)).toEqual([]);
  const layers = new Set(mutations.flatMap(({ finds }) => finds.map(({ layer }) => layer)));
  expect([...layers].sort()).toEqual([...LAYERS].sort());
});

test("grown from an older version, in every mode of the catalog: nothing is found", {
  timeout: 3 * MINUTES,
}, async () => {
  for (const [stack, catalog] of await pair.inEveryMode((name) => pair.grow(name))) {
    expect(await pair.check(stack)).toMatchObject({ stack, catalog, status: "clean", findings: [], notes: [] });
  }
});

test("some of every area, made together: each is found, nothing else is, and after the repair nothing", {
  timeout: 4 * MINUTES,
}, async () => {
  const seed = Number(process.env.DRIFT_SEED ?? 1);
  console.log(`drift mutations: seed ${seed} (DRIFT_SEED=${seed} makes the same choice)`);
  const outcome = await mutate(pair, chosen(random(seed)));
  expect(trouble(outcome), outcome.names.join("; ")).toEqual({ missed: [], beyond: [], left: [] });
  expect(isAsExpected(outcome)).toBe(true);
});

function chosen(next: () => number): Mutation[] {
  return Object.values(areas).flatMap((area) => {
    const possible = area.filter(({ alone }) => !alone);
    const picked = new Set<Mutation>();
    while (picked.size < Math.min(PER_AREA, possible.length)) {
      const one = possible[Math.floor(next() * possible.length)];
      if (one) picked.add(one);
    }
    return [...picked];
  });
}

function trouble({ missed, beyond, left }: Outcome): Pick<Outcome, "missed" | "beyond" | "left"> {
  return { missed, beyond, left };
}
