import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { UsageError } from "../../commands/frame/arguments.ts";
import { readArguments } from "./arguments.ts";
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
      arguments: { cloud: "local", layers: LAYERS, failOn: "low", concurrency },
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

test.each([
  [[], /Name the stacks to look at, or --all/],
  [["prod", "--all"], /or --all/],
  [["prod", "--only", "nosuch"], /--only takes resources.*not "nosuch"/],
  [["prod", "--fail-on", "none"], /--fail-on takes low, medium, high/],
  [["prod", "--cloud", "moon"], /local or hosted/],
  [["prod", "--concurrency", "0"], /--concurrency takes a number/],
  [["prod", "--json", "--html", "-"], /Only one of/],
  [["prod", "--frobnicate"], /Unknown option/],
])("%j is refused", (args, message) => {
  expect(() => readArguments(args)).toThrow(UsageError);
  expect(() => readArguments(args)).toThrow(message);
});

test("several layers, several stacks, each once and in order", () => {
  const args = readArguments(["b", "a", "b", "--only", "security", "--only", "schema"]);
  expect(args).toMatchObject({ stacks: ["b", "a"], layers: ["schema", "security"], failOn: "low", cloud: "local" });
  expect(readArguments(["--help"])).toBeUndefined();
});
