import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Sql } from "postgres";
import { isLoopback, isPooler, parseConnection, tlsOf } from "../db/connection.ts";
import { UsageError } from "./arguments.ts";

const root = join(import.meta.dirname, "..");

/** What a database command was told. */
export interface DatabaseArguments {
  readonly url: string;
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

const shared = {
  force: { type: "boolean", default: false },
  "yes-really": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads the command line of a database command. The database is the one of MIGRATE_URL, else DIRECT_URL, else SESSION_URL,
 * from the environment or the `.env` that `npm run env` writes: never of an argument, which others can read in the process
 * list.
 */
export function databaseArguments(command: {
  readonly usage: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
}): DatabaseArguments {
  const { values } = parseArgs({ options: { ...shared, ...command.options } });
  if (values.help) {
    process.stdout.write(`${command.usage}\n`);
    process.exit(0);
  }
  const file = join(root, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  const url = process.env.MIGRATE_URL ?? process.env.DIRECT_URL ?? process.env.SESSION_URL;
  if (!url) throw new UsageError(`Which database? Set DIRECT_URL, or run npm run env.\n${command.usage}`);
  return { url, flags: values as DatabaseArguments["flags"] };
}

/** Milliseconds one statement of a command may take: loading sample data is the longest. */
const STATEMENT_MS = 600_000;

/** Opens the one connection a command works on. */
export async function openDatabase(url: string): Promise<Sql> {
  // Loaded here, so that help and wrong usage answer at once.
  const { default: postgres } = await import("postgres");
  const target = parseConnection(url);
  if (isPooler(target) && target.hosts.some(({ port }) => port === 6543)) {
    throw new Error(
      "The connection string leads to a transaction pooler, where this cannot be done. Give the direct one.",
    );
  }
  const [first] = target.hosts;
  return postgres(target.url, {
    host: first?.host,
    port: first?.port,
    ssl: tlsOf(target),
    max: 1,
    onnotice: () => {},
    connection: { statement_timeout: STATEMENT_MS },
  });
}

/**
 * Refuses to destroy or fill what is not a development database of this machine: any other host, and any database that is
 * protected or publishes its catalog. `--force --yes-really`, both, override it.
 */
export async function requireDisposable(sql: Sql, { url, flags }: DatabaseArguments, attempted: string): Promise<void> {
  if (flags.force === true && flags["yes-really"] === true) return;
  const { hosts } = parseConnection(url);
  const reasons = hosts.filter(({ host }) => !isLoopback(host)).map(({ host }) => `${host} is not this machine`);
  if (reasons.length === 0) reasons.push(...(await findProtection(sql)));
  if (reasons.length === 0) return;
  throw new Error(
    `${attempted} is refused: ${reasons.join("; ")}.\nIt is meant for development databases. To do it all the same, give --force and --yes-really.`,
  );
}

async function findProtection(sql: Sql): Promise<string[]> {
  const [held] = await sql`
    select to_regclass('environment.settings') is not null as has_settings,
      exists (select from pg_roles where rolname = 'fdw_catalog_ro') as publishes`;
  const marked = held?.has_settings
    ? await sql`select from environment.settings where name = 'protected' and value = 'true'`
    : [];
  return [
    ...(held?.publishes ? ["this database publishes its catalog to others, as Production does"] : []),
    ...(marked.length > 0 ? ["this database is marked as protected"] : []),
  ];
}

/** Runs a command and ends the process with the code that fits. */
export async function runDatabaseCommand(work: () => Promise<void>): Promise<never> {
  try {
    await work();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}
