import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

// npm run campaign -- NAME [--rounds N] [--seed N]: the long form of a test that needs chance and many rounds.
const folder = join(import.meta.dirname, "..", "test", "campaign");
const campaigns: Record<string, { file: string; run: string }> = {
  "migrate-race": { file: "migrate-race.ts", run: "migrateRace" },
  "migrate-kill": { file: "migrate-kill.ts", run: "migrateKill" },
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});
const campaign = campaigns[positionals[0] ?? ""];
if (!campaign || !existsSync(join(folder, campaign.file))) {
  console.error(
    `Usage: npm run campaign -- NAME [--rounds N] [--seed N]\nNAME is one of: ${Object.keys(campaigns).join(", ")}`,
  );
  console.error(`(found in test/campaign: ${readdirSync(folder).join(", ")})`);
  process.exit(2);
}
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const began = performance.now();
const module: Record<string, unknown> = await import(pathToFileURL(join(folder, campaign.file)).href);
const run = module[campaign.run];
if (typeof run !== "function") throw new Error(`${campaign.file} exports no ${campaign.run}`);
console.log(`${positionals[0]}: ${rounds} rounds, seed ${seed}`);
const tally: unknown = await run({ rounds, seed, report: (line: string) => console.log(line) });
console.log(
  `held for ${rounds} rounds in ${((performance.now() - began) / 1000).toFixed(1)} s${tally ? `: ${JSON.stringify(tally)}` : ""}`,
);
