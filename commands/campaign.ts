import { parseArgs } from "node:util";
import { helpIfAsked } from "./frame/help.ts";

// npm run campaign -- NAME [--rounds N] [--seed N]: the long form of a test that needs chance and many rounds.
type Options = {
  rounds: number;
  every: number;
  seed: number;
  minutes: number | undefined;
  only: number | undefined;
  report: (line: string) => void;
};

const campaigns: Record<string, (options: Options) => Promise<unknown>> = {
  "migrate-race": async (options) => (await import("../test/campaign/migrate-race.ts")).migrateRace(options),
  "migrate-kill": async (options) => (await import("../test/campaign/migrate-kill.ts")).migrateKill(options),
  faults: async (options) => (await import("../test/campaign/faults.ts")).faults(options),
  "fault-table": async ({ every, seed, report }) =>
    (await import("../test/campaign/fault-table.ts")).faultTable({ every, seed, report }),
  "catalog-load": async (options) => (await import("../test/campaign/catalog-load.ts")).catalogLoad(options),
  "drift-mutations": async (options) => (await import("../test/campaign/drift-mutations.ts")).driftMutations(options),
  "drift-compare": async (options) => (await import("../test/campaign/drift-compare.ts")).driftCompare(options),
  "pr-storm": async ({ rounds: events, every: _, only: __, ...options }) =>
    (await import("../test/campaign/pr-storm.ts")).prStorm({ events, ...options }),
};

const usage = `Usage: npm run campaign -- NAME [--rounds N] [--seed N] [--minutes N]
--events is another word for --rounds; --minutes ends pr-storm early; fault-table tries every case once, with --every N each N-th;
--only N repeats one round of a seed of faults.
NAME is one of: ${Object.keys(campaigns).join(", ")}`;
helpIfAsked(usage);
const seedOfToday = String(Date.now() % 100_000);
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "50" },
    events: { type: "string" },
    seed: { type: "string", default: seedOfToday },
    every: { type: "string", default: "1" },
    minutes: { type: "string" },
    only: { type: "string" },
  },
});
const run = campaigns[positionals[0] ?? ""];
if (!run) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}
const rounds = Number(values.events ?? values.rounds);
const [minutes, only] = [values.minutes, values.only].map((value) => (value === undefined ? undefined : Number(value)));
const seed = Number(values.seed);
const began = performance.now();
console.log(`${positionals[0]}: ${only === undefined ? `${rounds} rounds` : `round ${only}`}, seed ${seed}`);
const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
try {
  const every = Number(values.every);
  const tally = await run({ rounds, every, seed, minutes, only, report: (line) => console.log(line) });
  console.log(`held in ${seconds()} s${tally ? `: ${JSON.stringify(tally)}` : ""}`);
} catch (error) {
  // Caught here: listeners that Pulumi leaves behind would take it for theirs, and the process would end with 0.
  console.error(error);
  console.log(`did not hold: stopped after ${seconds()} s`);
  process.exit(1);
}
