import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandContext, runCommand } from "./frame/command.ts";
import type { Ending } from "./frame/exit-codes.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "migrations");
const drizzleKit = join(root, "node_modules", "drizzle-kit", "bin.cjs");
const options = { name: { type: "string" }, custom: { type: "boolean", default: false } } as const;

await runCommand(
  {
    name: "db:generate",
    usage: `Generates the migration that the schema implies, and makes it fit both modes of the catalog.

Usage: npm run db:generate -- [options] [-- options of drizzle-kit generate]

  --name NAME             what the file is called, after its number
  --custom                an empty file, for SQL by hand`,
    options,
    words: { most: Number.POSITIVE_INFINITY },
    exits: { done: "generated, or nothing to do", refused: "refused: it cannot be done on foreign tables" },
  },
  async (context) => {
    const copy = mkdtempSync(join(tmpdir(), "tailfire-migrations-"));
    try {
      cpSync(folder, copy, { recursive: true });
      return await generate(context, copy);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  },
);

/** Runs drizzle-kit, then the guard on each file it made; `copy` is what the folder held before. */
async function generate({ values, words, say, print }: CommandContext<typeof options>, copy: string): Promise<Ending> {
  const { guardMigration } = await import("../db/generate/catalog-guard.ts");
  const before = new Set(readdirSync(copy));
  const name = values.name === undefined ? [] : ["--name", values.name];
  const args = [drizzleKit, "generate", ...name, ...(values.custom ? ["--custom"] : []), ...words];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) return "failed";
  for (const file of readdirSync(folder)) {
    if (before.has(file) || !file.endsWith(".sql")) continue;
    const guarded = guardMigration(readFileSync(join(folder, file), "utf8"));
    if (guarded.kind === "refused") {
      rmSync(folder, { recursive: true });
      cpSync(copy, folder, { recursive: true });
      say(`${file} is refused and was not kept:\n${guarded.reasons.map((reason) => `  - ${reason}`).join("\n")}`);
      return "refused";
    }
    if (guarded.kind === "guarded") {
      writeFileSync(join(folder, file), guarded.text);
      print(`${file}: guarded, it changes the catalog`);
    }
  }
  return "done";
}
