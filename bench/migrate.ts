import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startCluster } from "../test/support/cluster.ts";
import { describeMachine } from "./machine.ts";
import { benchCommands } from "./migrate/command-rows.ts";
import { databasesOf } from "./migrate/databases.ts";
import { benchLarge } from "./migrate/large.ts";
import { peers } from "./migrate/libraries.ts";
import { benchLibraries, type Limits } from "./migrate/library-rows.ts";
import type { Ground, Row, Sets } from "./migrate/rows.ts";
import { projectFiles, supabaseShape, syntheticFiles, writeSet } from "./migrate/sets.ts";
import { milliseconds, table } from "./table.ts";

/** What is measured: all of it, or less. */
interface MigrateOptions extends Limits {
  readonly json: boolean;
  readonly only: "libraries" | "commands" | "large" | undefined;
  /** Migrations in the largest set. */
  readonly upTo: number;
}

/** The runner next to other libraries and commands, by sets of migrations. */
export async function benchMigrate({ json, only, upTo, ...limits }: MigrateOptions): Promise<void> {
  const machine = describeMachine();
  const folder = await mkdtemp(join(tmpdir(), "bench-migrate-"));
  const cluster = await startCluster({ durable: true, settings: ["shared_buffers = 256MB", "max_wal_size = 4GB"] });
  try {
    const databases = databasesOf(cluster);
    await databases.template("empty", "template1", (name) => fill(cluster.url(name)));
    const sets = await writeSets(folder, limits.quick ? 10 : upTo);
    const libraries =
      only === "commands" || only === "large" ? [] : await benchLibraries({ cluster, databases }, sets, limits);
    const commands =
      only === "libraries" || only === "large"
        ? { rows: [], missing: [] }
        : await benchCommands({ cluster, databases }, sets, limits.rounds ?? (limits.quick ? 2 : 7));
    const wanted = only === undefined || only === "large";
    const large = wanted ? await large200k({ cluster, databases }, folder, limits) : { rows: [], missing: [] };
    if (json) process.stdout.write(`${JSON.stringify({ machine, libraries, commands, large }, null, 2)}\n`);
    else {
      print(machine, libraries, commands);
      printLarge(large);
    }
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Large = Awaited<ReturnType<typeof benchLarge>>;

function large200k(ground: Ground, folder: string, limits: Pick<MigrateOptions, "quick" | "rounds">): Promise<Large> {
  return benchLarge(ground, { folder, statements: limits.quick ? 10_000 : 200_000, rounds: limits.rounds ?? 1 });
}

function printLarge({ rows, missing }: Large): void {
  if (rows.length === 0) return;
  const names = [...new Set(rows.flatMap(({ times }) => Object.keys(times)))];
  const lines = rows.map(({ form, fileMb, times, ratio, grownMb }) => [
    form,
    fileMb.toFixed(1),
    ...names.map((name) => milliseconds(times[name])),
    ratio.toFixed(2),
    grownMb.toFixed(0),
  ]);
  console.log(`\nOne large file:\n\n${table(["form", "MB", ...names, "x psql", "MB grown"], lines)}`);
  for (const name of missing) console.log(`- ${name} is not on this machine: not measured`);
}

async function fill(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(await supabaseShape());
  await sql.end();
}

async function writeSets(folder: string, largest: number): Promise<Sets[]> {
  const project = await projectFiles();
  const counts = [1, 10, 100, 500].filter((count) => count <= largest);
  const pair = async (name: string, files: typeof project): Promise<Sets> => ({
    full: await writeSet(name, files, folder),
    before: await writeSet(name, files.slice(0, -1), folder),
  });
  return [
    await pair("project", project),
    ...(await Promise.all(counts.map((count) => pair("synthetic", syntheticFiles(count))))),
  ];
}

function print(machine: string, libraries: Row[], commands: { rows: Row[]; missing: string[] }): void {
  const lines = (rows: Row[], names: string[], ratio: boolean): string =>
    table(
      ["network", "set", "from ... to", ...names, ...(ratio ? ["x floor"] : [])],
      rows.map((row) => [
        row.where,
        row.set,
        row.scenario,
        ...names.map((name) => milliseconds(row.times[name])),
        ...(ratio ? [(row.ratio ?? 0).toFixed(2)] : []),
      ]),
    );
  const names = (rows: Row[]): string[] => [...new Set(rows.flatMap(({ times }) => Object.keys(times)))];
  console.log(`${machine}. Milliseconds, medians.\n`);
  if (libraries.length > 0)
    console.log(`Library to library, from an open connection:\n\n${lines(libraries, names(libraries), true)}\n`);
  for (const { name, note } of peers) if (note) console.log(`- ${name}: ${note}`);
  if (commands.rows.length > 0)
    console.log(`\nCommand to command, with process start:\n\n${lines(commands.rows, names(commands.rows), false)}`);
  for (const name of commands.missing) console.log(`- ${name} is not on this machine: not measured`);
}
