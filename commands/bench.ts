import { helpIfAsked } from "./frame/help.ts";

const benches: Record<string, { options: string; load: () => Promise<unknown> }> = {
  up: { options: "[--rounds 7]", load: () => import("../bench/up.ts") },
  local: { options: "[--rounds 5] [--projects 30]", load: () => import("../bench/local.ts") },
  migrate: {
    options: "[--quick] [--only libraries|commands] [--up-to 500] [--delay-up-to 500] [--rounds N]",
    load: () => import("../bench/migrate.ts"),
  },
  catalog: {
    options: "[--rows 1000000] [--rounds 15] [--prepared] [--request] [--plans] [--option NAME=VALUE]...",
    load: () => import("../bench/catalog.ts"),
  },
  snapshot: { options: "[--rows 200000]", load: () => import("../bench/snapshot.ts") },
  rls: { options: "[--rows 1000000] [--agencies 100] [--rounds 200]", load: () => import("../bench/rls.ts") },
  drift: { options: "[--rounds 5] [--tables 2000]", load: () => import("../bench/drift.ts") },
  pr: { options: "[--count 50] [--rounds 5]", load: () => import("../bench/pr.ts") },
};

const help = `Measures something beside its floor and what a user would use instead, in one run, and prints tables or, with --json,
one document.

Usage: npm run bench -- NAME [--json] [options]

${Object.entries(benches)
  .map(([name, { options }]) => `  ${name.padEnd(9)} ${options}`)
  .join("\n")}

--up-to and --delay-up-to: the largest set of migrations, over all and with 20 ms of delay. --option fetch_size=100 replaces
our own value of an option of the foreign server; --request asks as the application does, in a transaction with claims.`;

helpIfAsked(help);
const [name = "", ...rest] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  process.stderr.write(`${help}\n`);
  process.exit(2);
}
process.argv.splice(2, process.argv.length, ...rest);
await bench.load();
