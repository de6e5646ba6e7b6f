import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { type Cluster, startCluster } from "../test/support/cluster.ts";
import { describeMachine } from "./machine.ts";
import { findCommands, runCommand } from "./migrate/commands.ts";
import { type Databases, databasesOf } from "./migrate/databases.ts";
import { type Library, ours, peers, psqlFloor } from "./migrate/libraries.ts";
import { type MigrationSet, projectFiles, supabaseShape, syntheticFiles, writeSet } from "./migrate/sets.ts";
import { median, milliseconds, table } from "./table.ts";

// npm run bench -- migrate [--json] [--quick] [--only libraries|commands] [--delay-up-to COUNT] [--rounds N]
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    quick: { type: "boolean" },
    only: { type: "string" },
    "delay-up-to": { type: "string", default: "500" },
  },
});

const scenarios = ["empty to full", "no-op", "one pending"] as const;
type Scenario = (typeof scenarios)[number];
type Row = { where: string; set: string; scenario: Scenario; times: Record<string, number>; ratio?: number };
type Sets = { full: MigrationSet; before: MigrationSet };

function add(times: Record<string, number[]>, name: string, ms: number): void {
  const found = times[name] ?? [];
  found.push(ms);
  times[name] = found;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const machine = describeMachine();
  const folder = await mkdtemp(join(tmpdir(), "bench-migrate-"));
  const cluster = await startCluster({ durable: true, settings: ["shared_buffers = 256MB", "max_wal_size = 4GB"] });
  try {
    const databases = databasesOf(cluster);
    await databases.template("empty", "template1", (name) => fill(cluster.url(name)));
    const sets = await writeSets(folder);
    const libraries = values.only === "commands" ? [] : await benchLibraries(cluster, databases, sets);
    const commands =
      values.only === "libraries"
        ? { rows: [], missing: [] }
        : await benchCommands({ cluster, databases, sets, rounds: commandRounds });
    if (values.json) process.stdout.write(`${JSON.stringify({ machine, libraries, commands }, null, 2)}\n`);
    else print(machine, libraries, commands);
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(await supabaseShape());
  await sql.end();
}

async function writeSets(folder: string): Promise<Sets[]> {
  const project = await projectFiles();
  const counts = values.quick ? [1, 10] : [1, 10, 100, 500];
  const pair = async (name: string, files: typeof project): Promise<Sets> => ({
    full: await writeSet(name, files, folder),
    before: await writeSet(name, files.slice(0, -1), folder),
  });
  return [
    await pair("project", project),
    ...(await Promise.all(counts.map((count) => pair("synthetic", syntheticFiles(count))))),
  ];
}

async function benchLibraries(cluster: Cluster, databases: Databases, sets: Sets[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const delay of [0, 20]) {
    const relay = delay === 0 ? undefined : await startRelayProcess(cluster.port, delay / 2);
    try {
      for (const pair of sets.filter(({ full }) => delay === 0 || full.count <= Number(values["delay-up-to"]))) {
        const rounds = roundsFor(delay, pair.full);
        for (const scenario of scenarios)
          rows.push(await benchRow({ cluster, databases, pair, scenario, rounds, relay }));
      }
    } finally {
      relay?.stop();
    }
  }
  return rows;
}

/** Few where one run takes long: a delayed one is as long as its round trips. */
function roundsFor(delay: number, { name, count }: MigrationSet): number {
  if (values.quick) return delay === 0 ? 3 : 1;
  if (values.rounds && delay === 0) return Number(values.rounds);
  if (delay > 0) return count >= 100 || name === "project" ? 1 : 3;
  return count >= 500 ? 3 : count >= 100 ? 5 : 9;
}

type RowOptions = {
  cluster: Cluster;
  databases: Databases;
  pair: Sets;
  scenario: Scenario;
  rounds: number;
  relay: { port: number } | undefined;
};

async function benchRow({ cluster, databases, pair, scenario, rounds, relay }: RowOptions): Promise<Row> {
  const times: Record<string, number[]> = {};
  const url = (database: string): string => {
    const found = new URL(cluster.url(database));
    if (relay) found.port = String(relay.port);
    return found.href;
  };
  const note = (name: string, ms: number): void => add(times, name, ms);
  for (let round = 0; round < rounds; round++) {
    // In turns, so that what else the machine does meets all of them alike.
    await databases.copy(await start(cluster, databases, pair, scenario, ours), async (name) =>
      note("psql (floor)", floor(url(name), pair, scenario)),
    );
    for (const library of [ours, ...peers]) {
      const template = await start(cluster, databases, pair, scenario, library);
      await databases.copy(template, async (name) => note(library.name, await library.run(url(name), pair.full)));
    }
  }
  const ratios = (times[ours.name] ?? []).map((ms, index) => ms / (times["psql (floor)"]?.[index] ?? Number.NaN));
  const medians = Object.fromEntries(Object.entries(times).map(([name, found]) => [name, median(found)]));
  const row: Row = {
    where: relay ? "20 ms" : "loopback",
    set: setName(pair),
    scenario,
    times: medians,
    ratio: median(ratios),
  };
  say(
    `${row.where} ${row.set} ${scenario}: ${Object.entries(medians)
      .map(([name, ms]) => `${name} ${milliseconds(ms)}`)
      .join(", ")}`,
  );
  return row;
}

function floor(url: string, { full }: Sets, scenario: Scenario): number {
  return psqlFloor(
    url,
    full,
    scenario === "empty to full" ? full.files : scenario === "no-op" ? [] : full.files.slice(-1),
  );
}

/** The template a scenario starts from, made once per tool without delay. */
async function start(
  cluster: Cluster,
  databases: Databases,
  pair: Sets,
  scenario: Scenario,
  library: Library,
): Promise<string> {
  if (scenario === "empty to full") return "empty";
  const set = scenario === "no-op" ? pair.full : pair.before;
  const name = `${library.name} ${setName(pair)} ${scenario}`.replace(/\W+/g, "_");
  return databases.template(name, "empty", (database) => library.run(cluster.url(database), set));
}

function setName({ full }: Sets): string {
  return full.name === "project" ? `project's (${full.count})` : String(full.count);
}

async function startRelayProcess(port: number, delayMs: number): Promise<{ port: number; stop(): void }> {
  const script = join(import.meta.dirname, "relay.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, String(port), String(delayMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("exit", () => reject(new Error("The relay ended")));
  });
  return { port: Number(line), stop: () => child.kill() };
}

async function benchCommands({
  cluster,
  databases,
  sets,
  rounds,
}: Pick<RowOptions, "cluster" | "databases" | "rounds"> & { sets: Sets[] }): Promise<{
  rows: Row[];
  missing: string[];
}> {
  spawnSync(process.execPath, [join(import.meta.dirname, "..", "scripts", "bundle.mjs")], { stdio: "inherit" });
  const { commands, missing } = findCommands();
  const rows: Row[] = [];
  for (const pair of sets.filter(({ full }) => full.name === "synthetic" && full.count <= 100)) {
    const full = await commandRow({
      commands,
      pair,
      scenario: "empty to full",
      rounds,
      templates: () => Promise.resolve("empty"),
      cluster,
      databases,
    });
    const templates = (name: string): Promise<string> => {
      const command = commands.find((each) => each.name === name);
      return databases.template(
        `command ${name} ${setName(pair)}`.replace(/\W+/g, "_"),
        "empty",
        async (database) => command && runCommand(command, cluster.url(database), pair.full),
      );
    };
    const without = commands.filter(({ name }) => name !== "psql");
    rows.push(
      full,
      await commandRow({
        commands: without,
        pair,
        scenario: "no-op",
        rounds,
        templates,
        cluster,
        databases,
      }),
    );
  }
  return { rows, missing };
}

type CommandOptions = {
  commands: ReturnType<typeof findCommands>["commands"];
  pair: Sets;
  scenario: Scenario;
  rounds: number;
  templates(name: string): Promise<string>;
  cluster: Cluster;
  databases: Databases;
};

async function commandRow({
  commands,
  pair,
  scenario,
  rounds,
  templates,
  cluster,
  databases,
}: CommandOptions): Promise<Row> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const command of commands) {
      const ms = await databases.copy(await templates(command.name), async (name) =>
        runCommand(command, cluster.url(name), pair.full),
      );
      add(times, command.name, ms);
    }
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, found]) => [name, median(found)]));
  say(
    `command ${setName(pair)} ${scenario}: ${Object.entries(medians)
      .map(([name, ms]) => `${name} ${milliseconds(ms)}`)
      .join(", ")}`,
  );
  return { where: "command", set: setName(pair), scenario, times: medians };
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

await main();
