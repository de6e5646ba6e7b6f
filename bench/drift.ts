// A whole drift check next to its floor, and its memory with many tables.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentStack } from "../engine/operations.ts";
import { makePlace, type Place, withSql } from "../test/support/environment.ts";
import { runTask } from "../test/support/run.ts";
import { describeMachine } from "./machine.ts";
import { median, table } from "./table.ts";

/** Exit code of a check that finds drift: docs/reference/commands.md. */
const DRIFT_EXIT = 7;
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Runs the command, which is expected to end with `code`, and returns the largest of its processes in MB. */
async function check(place: Place, stack: string, code: number): Promise<number> {
  const peaks = join(place.dataDir, "peaks");
  rmSync(peaks, { force: true });
  const env = {
    NODE_OPTIONS: `--import ${join(import.meta.dirname, "drift", "peak.mjs")}`,
    BENCH_PEAK_FILE: peaks,
  };
  const ended = await runTask("drift", [stack, "--json"], { dataDir: place.dataDir, env });
  if (ended.code !== code) throw new Error(`drift of ${stack} ended with code ${ended.code}:\n${ended.output}`);
  const kilobytes = readFileSync(peaks, "utf8").trim().split("\n").map(Number);
  return Math.max(...kilobytes) / 1024;
}

async function pgDelta(stack: EnvironmentStack): Promise<void> {
  const outputs = await stack.outputs({ showSecrets: true });
  const { host, port, database, user, databasePassword: password } = outputs;
  const target = Object.entries({ host, database, user, password }).map(([name, found]) => [
    name,
    String(found?.value),
  ]);
  const script = join(import.meta.dirname, "drift", "pg-delta.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["pipe", "inherit", "inherit"] });
  child.stdin.end(JSON.stringify({ ...Object.fromEntries(target), port: Number(port?.value) }));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`pg-delta alone ended with code ${code}`);
}

/** The check and the two parts of its floor in turn, so that what else the machine does meets all of them. */
async function measure(place: Place, name: string, rounds: number) {
  const { stack } = await place.open(name);
  const measured: { drift: number; refresh: number; pgDelta: number }[] = [];
  await check(place, name, 0); // makes the shadow
  for (let round = 0; round < rounds; round++) {
    measured.push({
      refresh: await secondsOf(() => stack.preview({ refresh: true })),
      pgDelta: await secondsOf(() => pgDelta(stack)),
      drift: await secondsOf(() => check(place, name, 0)),
    });
  }
  const of = (key: "drift" | "refresh" | "pgDelta") => median(measured.map((round) => round[key]));
  const ratio = median(measured.map(({ drift, refresh, pgDelta }) => drift / (refresh + pgDelta)));
  return {
    stack: name,
    driftSeconds: of("drift"),
    refreshSeconds: of("refresh"),
    pgDeltaSeconds: of("pgDelta"),
    ratio,
  };
}

async function memory(place: Place, tables: number) {
  const small = await check(place, "preview", 0);
  await withSql((await place.open("preview")).stack, (sql) =>
    sql.unsafe(`create schema many;
      do $$ begin
        for n in 1 .. ${tables} loop
          execute format('create table many.t%s (id bigint primary key, name text not null, at timestamptz default now())', n);
        end loop;
      end $$`),
  );
  let large = Number.NaN;
  const seconds = await secondsOf(async () => {
    large = await check(place, "preview", DRIFT_EXIT);
  });
  return { tables, smallMegabytes: small, largeMegabytes: large, seconds };
}

/** @param options.rounds checks of each stack @param options.tables how many more the memory is measured with */
export async function benchDrift({
  rounds,
  tables,
  json,
}: {
  rounds: number;
  tables: number;
  json: boolean;
}): Promise<void> {
  const place = makePlace("bench-drift");
  try {
    const machine = describeMachine();
    for (const stack of ["prod", "preview"]) {
      say(`up ${stack}`);
      const { code, output } = await runTask("up", [stack], { dataDir: place.dataDir });
      if (code !== 0) throw new Error(`up ${stack} ended with code ${code}:\n${output}`);
    }
    const results = [];
    for (const stack of ["prod", "preview"]) {
      say(`drift of ${stack}: ${rounds} rounds`);
      results.push(await measure(place, stack, rounds));
    }
    say(`drift with ${tables} more tables`);
    const peak = await memory(place, tables);
    if (json) process.stdout.write(`${JSON.stringify({ machine, results, peak }, null, 2)}\n`);
    else print(machine, results, peak);
  } finally {
    await place.remove();
  }
}

function print(
  machine: string,
  results: Awaited<ReturnType<typeof measure>>[],
  peak: Awaited<ReturnType<typeof memory>>,
): void {
  const rows = results.map(({ stack, driftSeconds, refreshSeconds, pgDeltaSeconds, ratio }) => [
    stack,
    `${driftSeconds.toFixed(2)} s`,
    `${refreshSeconds.toFixed(2)} s`,
    `${pgDeltaSeconds.toFixed(2)} s`,
    ratio.toFixed(2),
  ]);
  process.stdout.write(
    `${machine}\n\n${table(["stack", "drift", "refresh (floor)", "pg-delta (floor)", "ratio"], rows)}\n\n` +
      `Largest process: ${peak.smallMegabytes.toFixed(0)} MB; with ${peak.tables} more tables ${peak.largeMegabytes.toFixed(0)} MB, in ${peak.seconds.toFixed(1)} s\n`,
  );
}
