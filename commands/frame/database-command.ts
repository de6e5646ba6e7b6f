import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { ParseArgsConfig } from "node:util";
import type { Sql } from "postgres";
import { MigrationError, type MigrationErrorCode } from "../../db/migrate/errors.ts";
import { RefusedError } from "../../engine/error.ts";
import { parseCommandLine, UsageError } from "./arguments.ts";

/** Exit codes of the db: commands. */
export const exits = { done: 0, failed: 1, usage: 2, refused: 3, busy: 4, behind: 7 } as const;

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** What a db: command works with. */
export interface DatabaseContext {
  readonly sql: Sql;
  /** Its connection string. Holds a password: never shown. */
  readonly url: string;
  /** Drizzle's migrations folder. */
  readonly folder: string;
  readonly json: boolean;
  readonly values: Values;
  /** A line for people: on stderr, so that stdout is free for `--json`. */
  say(line: string): void;
  /** The JSON document, where one was asked for. */
  document(value: unknown): void;
  /** True after a yes, on the terminal or by `--yes`. */
  yes(question: string): Promise<boolean>;
}

const shared = {
  folder: { type: "string", default: "migrations" },
  "env-file": { type: "string", default: ".env" },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies ParseArgsConfig["options"];

const sharedHelp = `  --folder FOLDER         Drizzle's migrations folder (default migrations)
  --env-file FILE         where to look for the variables below that are not set (default .env)
  --json                  one JSON document on stdout
  -y, --yes               do not ask
  -h, --help              this text

The database is the one of MIGRATE_URL, else DIRECT_URL, else SESSION_URL: never of an argument, which others can read in
the process list. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 another run holds the lock, 7 not up to date.
`;

/** Reads the command line, connects, runs `work` and sets the exit code it returns. */
export async function databaseCommand(
  command: { name: string; summary: string; options?: ParseArgsConfig["options"]; help?: string },
  work: (context: DatabaseContext) => Promise<number>,
): Promise<void> {
  const argv = process.argv.slice(2);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const document = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  try {
    const values = read(argv, { ...shared, ...command.options });
    if (values.help === true) {
      process.stdout.write(
        `${command.summary}\n\nUsage: npm run ${command.name} -- [options]\n\n${command.help ?? ""}${sharedHelp}`,
      );
      return;
    }
    const { connectForMigrations } = await import("../../db/migrate/connect.ts");
    const url = databaseUrl(String(values["env-file"]));
    const sql = connectForMigrations(url, {
      applicationName: command.name,
      onNotice: say,
    });
    const yes = (question: string): Promise<boolean> => ask(question, values.yes === true);
    const folder = resolve(String(values.folder));
    try {
      process.exitCode = await work({ sql, url, folder, json: values.json === true, values, say, document, yes });
    } finally {
      await sql.end({ timeout: process.exitCode === undefined ? 0 : 5 });
    }
  } catch (error) {
    if (argv.includes("--json"))
      document({ error: error instanceof MigrationError ? error : { message: text(error) } });
    say(text(error));
    process.exitCode = exitOf(error);
  }
}

function read(args: string[], options: ParseArgsConfig["options"]): Values {
  return parseCommandLine({ args, options: options ?? {}, allowPositionals: false }).values;
}

function databaseUrl(envFile: string): string {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const url = process.env.MIGRATE_URL ?? process.env.DIRECT_URL ?? process.env.SESSION_URL;
  if (url) return url;
  throw new UsageError(
    `Which database? Neither MIGRATE_URL nor DIRECT_URL nor SESSION_URL is set, also not in ${join(process.cwd(), envFile)}. ` +
      "For an environment of this project: npm run env -- STACK writes that file.",
  );
}

async function ask(question: string, agreed: boolean): Promise<boolean> {
  if (agreed) return true;
  if (!process.stdin.isTTY)
    throw new UsageError(`${question} There is no terminal to ask on: nothing was changed. Add --yes to go ahead.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

const refusedCodes: ReadonlySet<MigrationErrorCode> = new Set([
  ...([
    "edited",
    "deleted",
    "unknown",
    "out-of-order",
    "settings",
    "transaction-pooler",
    "unsupported",
    "interrupted",
  ] as const),
]);

function exitOf(error: unknown): number {
  if (error instanceof UsageError) return exits.usage;
  if (error instanceof RefusedError) return exits.refused;
  if (!(error instanceof MigrationError)) return exits.failed;
  if (error.code === "lock-timeout") return exits.busy;
  return refusedCodes.has(error.code) ? exits.refused : exits.failed;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
