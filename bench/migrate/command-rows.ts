import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findCommands, runCommand } from "./commands.ts";
import { add, type Ground, type Row, rowOf, type Scenario, type Sets, setName } from "./rows.ts";

/** Every command that is there, from its start to its end. */
export async function benchCommands(
  ground: Ground,
  sets: Sets[],
  rounds: number,
): Promise<{ rows: Row[]; missing: string[] }> {
  spawnSync(process.execPath, [join(import.meta.dirname, "..", "..", "scripts", "bundle.mjs")], { stdio: "inherit" });
  const { commands, missing } = findCommands();
  const rows: Row[] = [];
  for (const pair of sets.filter(({ full }) => full.name === "synthetic" && full.count <= 100)) {
    const full = await commandRow({
      commands,
      pair,
      scenario: "empty to full",
      rounds,
      templates: () => Promise.resolve("empty"),
      ground,
    });
    const templates = (name: string): Promise<string> => {
      const command = commands.find((each) => each.name === name);
      return ground.databases.template(
        `command ${name} ${setName(pair)}`.replace(/\W+/g, "_"),
        "empty",
        async (database) => command && runCommand(command, ground.cluster.url(database), pair.full),
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
        ground,
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
  ground: Ground;
};

async function commandRow({
  commands,
  pair,
  scenario,
  rounds,
  templates,
  ground: { cluster, databases },
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
  return rowOf({ where: "command", set: setName(pair), scenario }, times);
}
