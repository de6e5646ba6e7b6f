import { isAsExpected, mutate } from "../drift/mutate.ts";
import { mutations } from "../drift/mutations/all.ts";
import type { Mutation } from "../drift/mutations/mutation.ts";
import { Pair } from "../drift/pair.ts";
import { random } from "./random.ts";

/** Changes that do not get in each other's way, made together. */
const TOGETHER = 12;

/**
 * The long form of test/drift/mutations.test.ts: every outside change. Those that cannot be made next to others are made
 * one at a time, the others `TOGETHER` at a time, in an order of chance.
 * @throws where one is missed, something else is found, or something is left after the repair
 */
export async function driftMutations(options: {
  readonly seed: number;
  readonly report: (line: string) => void;
  readonly stop?: AbortSignal;
}): Promise<Record<string, number>> {
  const { seed, report } = options;
  const pair = await Pair.start();
  const failed: string[] = [];
  let detected = 0;
  try {
    for (const group of grouped(random(seed))) {
      options.stop?.throwIfAborted();
      const outcome = await mutate(pair, group);
      detected += Math.max(0, group.length - outcome.missed.length);
      const { names, missed, beyond, left, seconds } = outcome;
      report(`${isAsExpected(outcome) ? "ok " : "BAD"} ${seconds.toFixed(1)} s  ${names.join("; ")}`);
      if (isAsExpected(outcome)) continue;
      failed.push(...names);
      for (const [what, list] of Object.entries({ missed, beyond, left })) {
        for (const one of list) report(`      ${what}: ${one}`);
      }
    }
  } finally {
    await pair.remove();
  }
  report(`detected ${detected} of ${mutations.length} (${((100 * detected) / mutations.length).toFixed(1)} %)`);
  if (failed.length > 0) throw new Error(`not as expected: ${failed.join("; ")}`);
  return { mutations: mutations.length, detected };
}

function grouped(next: () => number): Mutation[][] {
  const free = mutations.filter(({ alone }) => !alone).sort(() => next() - 0.5);
  const groups: Mutation[][] = [];
  for (let start = 0; start < free.length; start += TOGETHER) groups.push(free.slice(start, start + TOGETHER));
  return [...groups, ...mutations.filter(({ alone }) => alone).map((one) => [one])];
}
