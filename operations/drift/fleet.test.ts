import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { LAYERS } from "./core/finding.ts";
import { checkFleet } from "./fleet.ts";

const names = Array.from({ length: 30 }, (_, number) => `preview-pr-${number}`);

/** Opens nothing, and counts how many are being opened at a time. */
function counting(): { most: number; open: () => Promise<never> } {
  const count = { now: 0, most: 0 };
  const open = async (): Promise<never> => {
    count.most = Math.max(count.most, ++count.now);
    await sleep(Math.random() * 10);
    count.now--;
    throw new Error("not there");
  };
  return {
    open,
    get most() {
      return count.most;
    },
  };
}

test.each([1, 2, 7])(
  "%i at a time, each once, in the order they were named, one failure never another's",
  async (concurrency) => {
    const counter = counting();
    const done: string[] = [];
    const { results } = await checkFleet({
      stacks: ["prod", ...names],
      request: { cloud: "local", layers: LAYERS, failOn: "low", concurrency },
      open: counter.open,
      onDone: ({ stack }, number) => done.push(`${number} ${stack}`),
    });
    expect(counter.most).toBe(concurrency);
    expect(results.map(({ stack }) => stack)).toEqual(["prod", ...names]);
    expect(results.every(({ status, reason }) => status === "unreachable" && reason === "not there")).toBe(true);
    expect(done[0]).toBe("1 prod");
    expect(done.at(-1)).toMatch(/^31 /);
  },
);
