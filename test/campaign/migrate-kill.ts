import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { apply } from "../../db/migrate.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { type Bench, openBench } from "../support/database.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { writeMigrationSet } from "./migration-set.ts";
import { faults } from "./oracle.ts";
import { random } from "./random.ts";

const ways = ["runner", "backend", "network"] as const;
type Way = (typeof ways)[number];

/** How often each way of killing found a run under way, and how often one was left half-done. */
export type KillTally = Record<Way, number> & { halfDone: number };

/**
 * Per round: starts a runner in a process of its own, kills it (or its backend, or its network) at a random moment, up to
 * twice, runs again, and looks. Throws for the first round after which ledger, schema and files differ.
 */
export async function migrateKill(options: {
  rounds: number;
  seed: number;
  report?: (line: string) => void;
  stop?: AbortSignal;
}): Promise<KillTally> {
  const next = random(options.seed);
  const folder = await mkdtemp(join(tmpdir(), "migrate-kill-"));
  const cluster = await startCluster();
  const relay = await startRelay({ port: cluster.port });
  const tally: KillTally = { runner: 0, backend: 0, network: 0, halfDone: 0 };
  try {
    const runner = await bundleRunner(folder);
    let fullMs = 400;
    for (let round = 1; round <= options.rounds; round++) {
      options.stop?.throwIfAborted();
      const bench = await openBench(cluster);
      try {
        const log = await writeMigrationSet(bench.made, { count: 10, outside: true });
        const way = ways[round % ways.length] ?? "runner";
        const kills = 1 + Math.floor(next() * 2);
        for (let kill = 0; kill < kills; kill++) {
          const took = await killOne({ runner, bench, cluster, relay, way, afterMs: next() * fullMs });
          if (took.killed) tally[way]++;
          else fullMs = (fullMs + took.ms) / 2;
        }
        if ((await appliedCount(bench)) % 10 !== 0) tally.halfDone++;
        await apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 40_000 });
        const found = await faults(bench, log);
        if (found.length > 0) throw new Error(`Round ${round} of seed ${options.seed} (${way}): ${found.join("; ")}`);
        options.report?.(`round ${round}: ${way} killed ${kills} times, converged`);
      } finally {
        await bench.close();
      }
    }
    return tally;
  } finally {
    await relay.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Kill = { runner: string; bench: Bench; cluster: Cluster; relay: Relay; way: Way; afterMs: number };

async function killOne({
  runner,
  bench,
  cluster,
  relay,
  way,
  afterMs,
}: Kill): Promise<{ killed: boolean; ms: number }> {
  const url = new URL(bench.url);
  if (way === "network") url.port = String(relay.port);
  const began = performance.now();
  const child = spawn(process.execPath, [runner, url.href, bench.made.folder], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
  await Promise.race([sleep(afterMs), ended]);
  const running = child.exitCode === null && child.signalCode === null;
  if (running) await strike(way, { child, cluster, relay, database: url.pathname.slice(1) });
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await ended;
  clearTimeout(late);
  return { killed: running && child.exitCode !== 0, ms: performance.now() - began };
}

async function strike(
  way: Way,
  at: { child: ChildProcess; cluster: Cluster; relay: Relay; database: string },
): Promise<void> {
  if (way === "runner") at.child.kill("SIGKILL");
  else if (way === "network") at.relay.cut();
  else {
    await at.cluster.admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${at.database} and application_name = 'db:migrate'`;
  }
}

async function appliedCount(bench: Bench): Promise<number> {
  return (await bench.has("drizzle.__drizzle_migrations")) ? (await bench.hashes()).length : 0;
}

async function bundleRunner(folder: string): Promise<string> {
  const outfile = join(folder, "runner.mjs");
  const source = `
    import { runMigrations } from "./db/migrate.ts";
    console.log("started");
    await runMigrations(process.argv[2], { folder: process.argv[3] }).catch(() => process.exit(1));`;
  const { sqlInside } = await import(new URL("../../scripts/bundle-sources.mjs", import.meta.url).href);
  await build({
    stdin: { contents: source, resolveDir: join(import.meta.dirname, "../.."), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    plugins: [sqlInside()],
    logLevel: "error",
  });
  return outfile;
}
