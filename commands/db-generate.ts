import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Answers, WrongName } from "../db/generate/renames.ts";
import { nearest } from "../names/nearest.ts";
import { UsageError } from "./frame/arguments.ts";
import { type CommandContext, runCommand } from "./frame/command.ts";
import type { Ending } from "./frame/exit-codes.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "migrations");
const drizzleKit = join(root, "node_modules", "drizzle-kit", "bin.cjs");
const prompts = pathToFileURL(join(root, "db", "generate", "answer-prompts.mjs")).href;
const options = {
  name: { type: "string" },
  custom: { type: "boolean", default: false },
  rename: { type: "string", multiple: true },
  added: { type: "string", multiple: true },
} as const;
type Context = CommandContext<typeof options>;

void runCommand(
  {
    name: "db:generate",
    usage: `Generates the migration that the schema implies, and makes it fit both modes of the catalog.

Usage: npm run db:generate -- [options] [-- options of drizzle-kit generate]

  --name NAME             what the file is called, after its number
  --custom                an empty file, for SQL by hand
  --rename OLD:NEW        this schema, table, column, enum or other thing has a new name (may be repeated)
  --added NAME            this one is new, though another is gone (may be repeated)

Names are as in "catalog.cruise_lines.logo_url"; what comes before a dot may be left out. Without these options drizzle-kit
asks on the terminal.`,
    options,
    words: { most: Number.POSITIVE_INFINITY },
    exits: {
      done: "generated, or nothing to do",
      failed: "nothing was written and something is to be",
      refused: "refused: it cannot be done on foreign tables",
    },
  },
  async (context) => {
    const copy = mkdtempSync(join(tmpdir(), "tailfire-migrations-"));
    try {
      cpSync(folder, copy, { recursive: true });
      const answers = await answersOf(context);
      return answers === "refused" ? "failed" : await generate(context, { copy, answers });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  },
);

type Given = { copy: string; answers: Answers["answers"] | undefined };

/** Runs drizzle-kit, then the guard on each file it made, and adds who may do what; `copy` is what the folder held before. */
async function generate(context: Context, { copy, answers }: Given): Promise<Ending> {
  const { values, say, print } = context;
  const { guardMigration } = await import("../db/generate/catalog-guard.ts");
  const { accessStatements, addAccess, undecided } = await import("../db/generate/access.ts");
  const unready = values.custom ? undefined : refuse(context, undecided());
  if (unready) return unready;
  const access = values.custom ? [] : accessStatements(folder);
  const written = await runDrizzleKit(context, { copy, answers, accessOnly: access.length > 0 });
  if (!written) return "failed";
  for (const file of written) {
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
  const last = written.at(-1);
  if (last !== undefined && access.length > 0) {
    addAccess(folder, { file: last, statements: access });
    print(`${last}: ${access.length} statements say who may do what, as db/schema/decisions.ts does`);
  }
  if (last !== undefined) return "done";
  // drizzle-kit ends well where an answer is missing, and writes nothing.
  const { findDisagreements } = await import("../db/generate/pending.ts");
  return refuse(context, await findDisagreements(folder)) ?? "done";
}

/**
 * Lets drizzle-kit write what the schema implies. Who may do what is no part of what it compares: with `accessOnly` and nothing
 * else to write, it makes an empty file for that.
 * @returns the new files; undefined where it failed
 */
async function runDrizzleKit(
  { values, words }: Context,
  { copy, answers, accessOnly }: Given & { readonly accessOnly: boolean },
): Promise<string[] | undefined> {
  const before = new Set(readdirSync(copy));
  const env = { ...process.env, RENAME_ANSWERS: JSON.stringify(answers ?? {}) };
  const run = (name: string | undefined, custom: boolean) => {
    const named = name === undefined ? [] : ["--name", name];
    const args = [drizzleKit, "generate", ...named, ...(custom ? ["--custom"] : []), ...words];
    const start = answers && !custom ? ["--import", prompts, ...args] : args;
    return spawnSync(process.execPath, start, { cwd: root, stdio: "inherit", env }).status === 0;
  };
  const written = () => readdirSync(folder).filter((file) => !before.has(file) && file.endsWith(".sql"));
  if (!run(values.name, values.custom)) return undefined;
  if (written().length > 0 || !accessOnly) return written();
  const { findSchemaDisagreements } = await import("../db/generate/pending.ts");
  if ((await findSchemaDisagreements(folder)).length > 0) return [];
  return run(values.name ?? "access", true) ? written() : undefined;
}

/** What drizzle-kit is to be told; undefined where it asks itself. */
async function answersOf(context: Context): Promise<Answers["answers"] | "refused" | undefined> {
  const { custom, rename, added } = context.values;
  const given = [...(rename ?? []), ...(added ?? [])];
  const malformed = rename?.find((each) => !/^[^:]+:[^:]+$/.test(each));
  if (malformed !== undefined) throw new UsageError(`--rename takes OLD:NEW, not "${malformed}"`);
  if (custom && given.length > 0)
    throw new UsageError("--rename and --added do not go with --custom, which compares nothing");
  if (custom || (given.length === 0 && process.stdin.isTTY && process.stdout.isTTY)) return undefined;
  const { answerPendingRenames } = await import("../db/generate/pending.ts");
  const found = answerPendingRenames(folder, { rename, added });
  const problems = [...found.wrong.map(wrongName), ...found.ambiguous, ...found.open];
  if (problems.length === 0) return found.answers;
  refuse(context, problems);
  return "refused";
}

function wrongName({ given, part, known }: WrongName): string {
  const meant = nearest(part, known);
  const near = meant === undefined ? "" : `: did you mean ${meant}?`;
  if (known.length === 0) return `"${given}" answers no question: no name is gone, or none is new`;
  return `no name "${part}" is gone or new${part === given ? "" : ` (in "${given}")`}${near}`;
}

function refuse({ say }: Context, problems: readonly string[]): "failed" | undefined {
  if (problems.length === 0) return undefined;
  say(`Nothing was written:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  return "failed";
}
