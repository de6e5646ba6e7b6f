// npm start by step, a no-change up next to its floor, and memory per project.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localCloudStatus, resetLocalCloud } from "../local/cloud.ts";
import { openSession } from "../operations/session/session.ts";
import { runTask } from "../test/support/run.ts";
import { describeMachine } from "./machine.ts";
import { median, table } from "./table.ts";
import { openFloor } from "./up/floor.ts";
import { type Measured, measured } from "./up/measured.ts";
import { openPlain, openPlainFloor } from "./up/plain.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Step {
  readonly step: string;
  readonly seconds: number;
}

/** Runs `npm start` and reads the times it prints. */
async function start(dataDir: string): Promise<{ steps: Step[]; total: number }> {
  const started = performance.now();
  const { code, stdout, output } = await runTask("start", [], { dataDir });
  if (code !== 0) throw new Error(`npm start ended with code ${code}:\n${output}`);
  const times = stdout.slice(stdout.indexOf("\nTime\n"));
  const steps = [...times.matchAll(/^ +([\d.]+) s {2}(.+)$/gm)].map(([, seconds, step]) => ({
    step: step ?? "",
    seconds: Number(seconds),
  }));
  return { steps, total: (performance.now() - started) / 1000 };
}

/** What brings a stack up: `npm run up` and its like in this process, or the CLI of Pulumi. */
interface Subject {
  up(options: { refresh: boolean; expectNoChanges: boolean }): Promise<unknown>;
}

/** No-change up of floor and stack in turn, so that a drift of the machine's speed meets both. */
async function pairs(
  { name, floor, stack }: { name: string; floor: Subject; stack: Subject },
  { dataDir, refresh, rounds }: { dataDir: string; refresh: boolean; rounds: number },
) {
  const noChange = (subject: Subject) => measured(dataDir, () => subject.up({ refresh, expectNoChanges: true }));
  const pairs: { floor: Measured; up: Measured }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = { floor: await noChange(floor), up: await noChange(stack) };
    if (round > 0) pairs.push(pair); // the first pair warms up
  }
  const processor = (of: "floor" | "up") => median(pairs.map((pair) => pair[of].processorSeconds ?? Number.NaN));
  return {
    stack: name,
    refresh,
    floorSeconds: median(pairs.map((pair) => pair.floor.seconds)),
    upSeconds: median(pairs.map((pair) => pair.up.seconds)),
    ratio: median(pairs.map((pair) => pair.up.seconds / pair.floor.seconds)),
    floorProcessorSeconds: processor("floor"),
    upProcessorSeconds: processor("up"),
    processorRatio: processor("up") / processor("floor"),
    calls: pairs.at(-1)?.up.calls ?? [],
  };
}

/** Ups that change nothing, by the commands of this project and by the CLI of Pulumi alone, each next to its floor. */
async function allPairs({ folder, dataDir, rounds }: { folder: string; dataDir: string; rounds: number }) {
  mkdirSync(join(folder, "floor"));
  const floor = await openFloor(join(folder, "floor"));
  const plainFloor = await openPlainFloor(join(folder, "plain-floor"));
  for (const one of [floor, plainFloor]) await one.up({ refresh: false, expectNoChanges: false });
  const results = [];
  for (const name of ["prod", "preview"]) {
    const { stack, platform } = await openSession({ stack: name, dataDir });
    const rows: { name: string; floor: Subject; stack: Subject }[] = [{ name, floor, stack }];
    if (platform && name === "prod") {
      const plain = await openPlain(name, { dataDir, platform });
      rows.push({ name: `${name}, plain pulumi`, floor: plainFloor, stack: plain });
    }
    for (const row of rows) {
      for (const refresh of [false, true]) {
        say(`no-change up of ${row.name}, ${refresh ? "with" : "without"} refresh: ${rounds} pairs`);
        results.push(await pairs(row, { dataDir, refresh, rounds }));
      }
    }
  }
  return results;
}

/** @param options.rounds pairs of ups that change nothing, for each stack, with and without refresh */
export async function benchUp({ rounds, json }: { rounds: number; json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-up-"));
  const dataDir = join(folder, "data");
  try {
    say("npm start, from nothing, then again");
    const first = await start(dataDir);
    const second = await start(dataDir);
    const results = await allPairs({ folder, dataDir, rounds });
    const status = await localCloudStatus({ dataDir });
    const memory = status.running ? status.projects.map(({ ref, memoryBytes }) => ({ ref, memoryBytes })) : [];
    const machine = describeMachine();
    if (json) process.stdout.write(`${JSON.stringify({ machine, first, second, results, memory }, null, 2)}\n`);
    else print({ machine, first, second, results, memory, rounds });
  } finally {
    await resetLocalCloud({ dataDir });
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(report: {
  machine: string;
  first: Awaited<ReturnType<typeof start>>;
  second: Awaited<ReturnType<typeof start>>;
  results: Awaited<ReturnType<typeof pairs>>[];
  memory: { ref: string; memoryBytes: number | null }[];
  rounds: number;
}): void {
  const { first, second, rounds } = report;
  const steps = first.steps.map(({ step, seconds }, index) => [
    step,
    `${seconds.toFixed(1)} s`,
    `${(second.steps[index]?.seconds ?? Number.NaN).toFixed(1)} s`,
  ]);
  const whole = ["whole command", `${first.total.toFixed(1)} s`, `${second.total.toFixed(1)} s`];
  const inSeconds = (value: number) => (Number.isNaN(value) ? "-" : `${value.toFixed(2)} s`);
  const ups = report.results.map((one) => [
    ...[one.stack, one.refresh ? "yes" : "no"],
    ...[inSeconds(one.upSeconds), inSeconds(one.floorSeconds), one.ratio.toFixed(2)],
    ...[inSeconds(one.upProcessorSeconds), inSeconds(one.floorProcessorSeconds), one.processorRatio.toFixed(2)],
    String(one.calls.length),
  ]);
  const calls = report.results.map(
    ({ stack, refresh, calls }) => `${stack}, ${refresh ? "with" : "without"} refresh: ${calls.join(", ") || "none"}`,
  );
  const headers = ["stack", "refresh", "up", "floor", "ratio", "processor", "of floor", "ratio", "API calls"];
  const memory = report.memory.map(({ ref, memoryBytes }) => [ref, ((memoryBytes ?? 0) / 1024 ** 2).toFixed(1)]);
  process.stdout.write(
    [
      report.machine,
      `npm start, engine cached\n\n${table(["step", "from nothing", "again"], [...steps, whole])}`,
      `up that changes nothing; floor: one no-op resource in each of two bundled plugins, by the same runner and with --skip-preview; medians of ${rounds} pairs\n\n${table(headers, ups)}`,
      `calls of the Management API\n\n${calls.join("\n")}`,
      `memory of a project's cluster\n\n${table(["project", "MB"], memory)}`,
    ].join("\n\n"),
  );
  process.stdout.write("\n");
}
