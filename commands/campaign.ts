import { UsageError, wholeNumber } from "./frame/arguments.ts";
import { runCommand } from "./frame/command.ts";
import type { Interruption } from "./frame/interrupt.ts";

type Options = {
  rounds: number;
  every: number;
  seed: number;
  minutes: number | undefined;
  only: number | undefined;
  report: (line: string) => void;
  /** Asked to stop: a campaign ends before its next round, and takes down what it has brought up. */
  stop: AbortSignal;
};

const campaigns: Record<string, (options: Options) => Promise<unknown>> = {
  "migrate-race": async (options) => (await import("../test/campaign/migrate-race.ts")).migrateRace(options),
  "migrate-kill": async (options) => (await import("../test/campaign/migrate-kill.ts")).migrateKill(options),
  faults: async (options) => (await import("../test/campaign/faults.ts")).faults(options),
  disk: async (options) => {
    const tally = await (await import("../test/campaign/disk.ts")).diskFaults(options);
    if (typeof tally === "string") throw new Error(tally);
    return tally;
  },
  "fault-table": async ({ every, seed, report, stop }) =>
    (await import("../test/campaign/fault-table.ts")).faultTable({ every, seed, report, stop }),
  "session-loss": async ({ rounds, seed, only, stop }) =>
    (await import("../test/campaign/session-loss.ts")).sessionLoss({ rounds, seed, only, stop }),
  "catalog-load": async (options) => (await import("../test/campaign/catalog-load.ts")).catalogLoad(options),
  "drift-mutations": async (options) => (await import("../test/campaign/drift-mutations.ts")).driftMutations(options),
  "drift-outside": async (options) => (await import("../test/campaign/drift-outside.ts")).driftOutside(options),
  "drift-compare": async (options) => (await import("../test/campaign/drift-compare.ts")).driftCompare(options),
  "pr-storm": async ({ rounds: events, every: _, only: __, ...options }) =>
    (await import("../test/campaign/pr-storm.ts")).prStorm({ events, ...options }),
};
const names = Object.keys(campaigns);

void runCommand(
  {
    name: "campaign",
    usage: `The long form of a test that needs chance and many rounds.

Usage: npm run campaign -- NAME [options]

NAME is one of: ${names.join(", ")}

  --rounds N              how many (default 50); --events is another word for it
  --seed N                what chance begins with (default another one each time)
  --minutes N             ends pr-storm early
  --every N               fault-table tries every N-th case (default 1: each once)
  --only N                repeats one round of a seed of faults, disk or session-loss`,
    options: {
      rounds: { type: "string", default: "50" },
      events: { type: "string" },
      seed: { type: "string", default: String(Date.now() % 100_000) },
      every: { type: "string", default: "1" },
      minutes: { type: "string" },
      only: { type: "string" },
    },
    words: { verbs: Object.fromEntries(names.map((name) => [name, []])) },
    exits: { done: "it held", failed: "it did not hold" },
  },
  async ({ values, words: [name = ""], print, interruption }) => {
    const run = campaigns[name];
    if (!run) throw new UsageError(`There is no "${name}"`);
    const optional = (option: "minutes" | "only") => {
      const value = values[option];
      return value === undefined ? undefined : wholeNumber(option, value);
    };
    const rounds = wholeNumber("rounds", values.events ?? values.rounds, 1);
    const seed = wholeNumber("seed", values.seed);
    const every = wholeNumber("every", values.every, 1);
    const [minutes, only] = [optional("minutes"), optional("only")];
    const began = performance.now();
    const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
    const stop = stopBy(interruption);
    const ended = () => print(`ended without a result after ${seconds()} s`);
    process.once("exit", ended);
    print(`${name}: ${only === undefined ? `${rounds} rounds` : `round ${only}`}, seed ${seed}`);
    try {
      const tally = await run({ rounds, every, seed, minutes, only, report: print, stop });
      print(`held in ${seconds()} s${tally ? `: ${JSON.stringify(tally)}` : ""}`);
      return "done";
    } catch (error) {
      print(`${stop.aborted ? "was asked to stop" : "did not hold: stopped"} after ${seconds()} s`);
      throw error;
    } finally {
      process.off("exit", ended);
    }
  },
);

/** The first signal stops it in order, the second at once; what is left then, its next start clears. */
function stopBy(interruption: Interruption): AbortSignal {
  const controller = new AbortController();
  interruption.cleansUp();
  const stop = () => controller.abort(new Error("it was asked to stop"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  return controller.signal;
}
