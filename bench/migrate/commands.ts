import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import type { MigrationSet } from "./sets.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = (...parts: string[]): string => join(root, "node_modules", ...parts);

/** A command line, started again for each measurement. */
export type Command = {
  name: string;
  start(url: string, set: MigrationSet): { file: string; args: string[]; cwd?: string; env?: Record<string, string> };
};

const all: (Command & { needs: string })[] = [
  {
    name: "this runner",
    needs: join(root, "commands/dist/db-migrate/db-migrate.cjs"),
    start: (url, set) => ({
      file: process.execPath,
      args: [join(root, "commands/dist/db-migrate/db-migrate.cjs"), "--folder", set.drizzle],
      env: { MIGRATE_URL: url },
    }),
  },
  {
    name: "drizzle-kit migrate",
    needs: bin("drizzle-kit", "bin.cjs"),
    start(url, set) {
      const config = join(set.folder, "drizzle.config.json");
      writeFileSync(
        config,
        JSON.stringify({ dialect: "postgresql", out: relative(root, set.drizzle), dbCredentials: { url } }),
      );
      return {
        file: process.execPath,
        args: [bin("drizzle-kit", "bin.cjs"), "migrate", `--config=${relative(root, config)}`],
        cwd: root,
      };
    },
  },
  {
    name: "graphile-migrate",
    needs: bin("graphile-migrate", "dist", "cli.js"),
    start(url, set) {
      writeFileSync(
        join(set.graphile, ".gmrc"),
        JSON.stringify({ connectionString: url, migrationsFolder: "./migrations" }),
      );
      return {
        file: process.execPath,
        args: [bin("graphile-migrate", "dist", "cli.js"), "migrate"],
        cwd: set.graphile,
        env: { DATABASE_URL: url },
      };
    },
  },
  {
    name: "node-pg-migrate",
    needs: bin("node-pg-migrate", "bin", "node-pg-migrate.js"),
    start: (url, set) => ({
      file: process.execPath,
      args: [bin("node-pg-migrate", "bin", "node-pg-migrate.js"), "up", "-m", set.nodePgMigrate, "--no-verbose"],
      env: { DATABASE_URL: url },
    }),
  },
  {
    name: "supabase db push",
    needs: "supabase",
    start: (url, set) => ({
      file: "supabase",
      args: ["db", "push", "--db-url", url, "--include-all", "--yes"],
      cwd: set.supabase,
    }),
  },
  {
    name: "goose",
    needs: "goose",
    start: (url, set) => ({ file: "goose", args: ["-dir", set.goose, "postgres", url, "up"] }),
  },
  {
    name: "psql",
    needs: "psql",
    start(url, set) {
      const script = join(set.folder, "all.sql");
      writeFileSync(script, set.files.map((file) => `begin;\n\\i ${file}\ncommit;`).join("\n"));
      return { file: "psql", args: ["-X", "-q", "-d", url, "-f", script] };
    },
  },
];

/** The commands that are there, and the names of those that are not. */
export function findCommands(): { commands: Command[]; missing: string[] } {
  const there = ({ needs }: { needs: string }): boolean =>
    needs.includes("/")
      ? existsSync(needs)
      : (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, needs)));
  return { commands: all.filter(there), missing: all.filter((command) => !there(command)).map(({ name }) => name) };
}

/** Starts a command, waits for its end, returns milliseconds. Throws with its output where it failed. */
export function runCommand(command: Command, url: string, set: MigrationSet): number {
  const { file, args, cwd, env } = command.start(url, set);
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  const took = performance.now() - began;
  if (status !== 0)
    throw new Error(`${command.name} ended with ${status ?? error?.message}: ${stdout}${stderr}`.slice(0, 2000));
  return took;
}
