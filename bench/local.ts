// Creation of a project next to its floor, thirty projects at once, memory of an idle one.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localCloudStatus } from "../local/cloud.ts";
import { openTestCloud, type TestCloud } from "../test/support/local-cloud.ts";
import { openFloor } from "./local/floor.ts";
import { describeMachine } from "./machine.ts";
import { median, milliseconds, table } from "./table.ts";

const IDLE_MS = 5_000;
const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Report {
  machine: string;
  pairs: { floorMs: number; createMs: number }[];
  ratio: number;
  together: { projects: number; allMs: number; firstMs: number; lastMs: number };
  memory: { idle: number[]; wholeMb: number };
}

async function remove(cloud: TestCloud, ref: string): Promise<void> {
  await cloud.request({ method: "DELETE", path: `/v1/projects/${ref}` });
  await cloud.waitFor({ ref, status: "gone" });
}

/** Floor and creation in turn, so that a drift of the machine's speed meets both; the first pair warms up. */
async function measurePairs(
  { cloud, floor }: { cloud: TestCloud; floor: Awaited<ReturnType<typeof openFloor>> },
  rounds: number,
): Promise<Report["pairs"]> {
  const pairs: Report["pairs"] = [];
  for (let round = 0; round <= rounds; round++) {
    const floorMs = await floor.measure();
    const made = await cloud.project({ name: `round-${round}` });
    await remove(cloud, made.ref);
    if (round > 0) pairs.push({ floorMs, createMs: made.milliseconds });
  }
  return pairs;
}

async function measureTogether(cloud: TestCloud, atOnce: number): Promise<Pick<Report, "together" | "memory">> {
  const began = performance.now();
  const names = Array.from({ length: atOnce }, (_, index) => `together-${index}`);
  const made = await Promise.all(names.map((name) => cloud.project({ name, timeoutMs: 120_000 })));
  const allMs = performance.now() - began;
  const each = made.map((project) => project.milliseconds);
  const together = { projects: atOnce, allMs, firstMs: Math.min(...each), lastMs: Math.max(...each) };
  await sleep(IDLE_MS);
  const status = await localCloudStatus({ dataDir: cloud.dataDir });
  const bytes = status.running ? status.projects.map(({ memoryBytes }) => memoryBytes ?? 0) : [];
  const idle = bytes.map((size) => size / 1024 ** 2);
  return { together, memory: { idle, wholeMb: idle.reduce((sum, size) => sum + size, 0) } };
}

function print(report: Report): void {
  const { pairs, together, memory } = report;
  const row = (name: string, figures: number[]) => [
    name,
    milliseconds(Math.min(...figures)),
    milliseconds(median(figures)),
    milliseconds(Math.max(...figures)),
  ];
  const single = [
    row(
      "floor: copy the template's folder, start Postgres, one query",
      pairs.map((pair) => pair.floorMs),
    ),
    row(
      "create a project: request to first query",
      pairs.map((pair) => pair.createMs),
    ),
  ];
  const parts = [
    report.machine.replace("fsync on", "fsync off"),
    `${pairs.length} pairs, milliseconds; creation is ${report.ratio.toFixed(2)} x the floor (median of the pairs; goal 2)\n\n${table(["", "least", "median", "most"], single)}`,
    `${together.projects} projects asked for at once: all usable after ${(together.allMs / 1000).toFixed(1)} s, the first after ${(together.firstMs / 1000).toFixed(1)} s`,
    `memory of an idle project (Pss): median ${median(memory.idle).toFixed(1)} MB, most ${Math.max(...memory.idle).toFixed(1)} MB; all ${together.projects}: ${memory.wholeMb.toFixed(0)} MB`,
  ];
  process.stdout.write(`${parts.join("\n\n")}\n`);
}

/** @param options.rounds pairs of floor and creation @param options.atOnce projects made at the same time */
export async function benchLocal({
  rounds,
  atOnce,
  json,
}: {
  rounds: number;
  atOnce: number;
  json: boolean;
}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-local-"));
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const machine = describeMachine();
  const cloud = await openTestCloud({ dataDir });
  try {
    const floor = await openFloor(join(folder, "floor"));
    say(`creation next to its floor: ${rounds} pairs`);
    const pairs = await measurePairs({ cloud, floor }, rounds);
    say(`${atOnce} projects at once`);
    const rest = await measureTogether(cloud, atOnce);
    const ratio = median(pairs.map((pair) => pair.createMs / pair.floorMs));
    const report: Report = { machine, pairs, ratio, ...rest };
    if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else print(report);
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
