import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const parts = [
  ...["db", "engine", "operations", "migrations", "names", "scripts", "commands"],
  ...["drizzle.config.ts", "package.json", "tsconfig.json"],
];

/** A copy of this repository's schema, migrations and commands, to change. */
export class SchemaCopy {
  private constructor(readonly folder: string) {}

  static async make(): Promise<SchemaCopy> {
    const folder = await mkdtemp(join(tmpdir(), "tailfire-generate-"));
    const filter = (path: string) => basename(path) !== "dist";
    for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true, filter });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    return new SchemaCopy(folder);
  }

  /** Runs one of its commands, without a terminal. */
  run(
    script: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", `commands/${script}.ts`, ...args],
      { cwd: this.folder, encoding: "utf8", env: { ...process.env, ...env } },
    );
    return { status, output: stdout + stderr };
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.folder, path), text);
  }

  /** Replaces a text that has to be there. */
  async replace(path: string, from: string, to: string): Promise<void> {
    const text = await this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    await this.write(path, text.replace(from, to));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
