// Generates the migration the schema implies: drizzle-kit, then the guard that makes it fit both modes of the catalog.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helpIfAsked } from "./frame/help.ts";

helpIfAsked(`Generates the migration that the schema implies, and makes it fit both modes of the catalog.

Usage: npm run db:generate -- [options of drizzle-kit generate]

  --name NAME             what the file is called, after its number
  --custom                an empty file, for SQL by hand

drizzle-kit asks on the terminal whether something was renamed, or dropped and added.

Exit codes: 0 generated or nothing to do, 1 nothing was written and something is to be, 3 refused because it cannot be done on foreign tables.`);
const { guardMigration } = await import("../db/generate/catalog-guard.ts");

const root = join(import.meta.dirname, "..");
const folder = join(root, "migrations");
const drizzleKit = join(root, "node_modules", "drizzle-kit", "bin.cjs");

const before = new Set(readdirSync(folder));
const copy = mkdtempSync(join(tmpdir(), "tailfire-migrations-"));
cpSync(folder, copy, { recursive: true });
const asks = process.stdin.isTTY && process.stdout.isTTY;
process.exitCode = (asks ? 0 : await unasked()) || generate() || (await unwritten());
rmSync(copy, { recursive: true, force: true });

function generate(): number {
  const { status } = spawnSync(process.execPath, [drizzleKit, "generate", ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) return status ?? 1;
  for (const file of written()) {
    const guarded = guardMigration(readFileSync(join(folder, file), "utf8"));
    if (guarded.kind === "refused") {
      rmSync(folder, { recursive: true });
      cpSync(copy, folder, { recursive: true });
      process.stderr.write(
        `${file} is refused and was not kept:\n${guarded.reasons.map((reason) => `  - ${reason}`).join("\n")}\n`,
      );
      return 3;
    }
    if (guarded.kind === "guarded") {
      writeFileSync(join(folder, file), guarded.text);
      process.stdout.write(`${file}: guarded, it changes the catalog\n`);
    }
  }
  return 0;
}

function written(): string[] {
  return readdirSync(folder).filter((file) => !before.has(file) && file.endsWith(".sql"));
}

/** 1 where drizzle-kit would have to ask: without a terminal it ends with a backtrace. */
async function unasked(): Promise<number> {
  if (process.argv.includes("--custom")) return 0;
  const { findPendingRenames } = await import("../db/generate/pending.ts");
  return refuse(findPendingRenames(folder));
}

/** 1 where drizzle-kit ended well and the schema is still not in the migrations. */
async function unwritten(): Promise<number> {
  if (written().length > 0) return 0;
  const { findDisagreements } = await import("../db/generate/pending.ts");
  return refuse(await findDisagreements(folder));
}

function refuse(problems: readonly string[]): number {
  if (problems.length === 0) return 0;
  process.stderr.write(`Nothing was written:\n${problems.map((problem) => `  - ${problem}\n`).join("")}`);
  process.stderr.write("Where something was renamed, run npm run db:generate on a terminal, which asks.\n");
  return 1;
}
