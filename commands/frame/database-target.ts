import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseConnection } from "../../db/connection.ts";
import { UsageError } from "./arguments.ts";
import { ownerOfEnvFile } from "./env-file.ts";

const VARIABLES = ["MIGRATE_URL", "DIRECT_URL", "SESSION_URL"] as const;

/** Which database a command acts on, as whom, and who said so. Holds no password. */
export interface DatabaseTarget {
  readonly database: string;
  /** Each as host:port, in the order they are tried. */
  readonly hosts: readonly string[];
  readonly user: string;
  /** The variable, and the file it stands in unless the environment has it. */
  readonly from: string;
  /** The stack that file was written for; undefined where nothing says. */
  readonly stack: string | undefined;
}

/**
 * Finds the database of a db: command: the first of three variables, of the environment or else of the file.
 * @returns its connection string, which holds a password, and what may be shown of it
 * @throws UsageError where none is set; Error for a string that cannot be used
 */
export function findDatabase(envFile: string): { readonly url: string; readonly target: DatabaseTarget } {
  const path = resolve(envFile);
  const before = new Set(VARIABLES.filter((name) => process.env[name]));
  const owner = ownerOfEnvFile(envFile);
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const name = VARIABLES.find((candidate) => process.env[candidate]);
  const url = name && process.env[name];
  if (name === undefined || !url) {
    throw new UsageError(
      `Which database? Neither MIGRATE_URL nor DIRECT_URL nor SESSION_URL is set, also not in ${path}. ` +
        "For an environment of this project: npm run env -- STACK writes that file.",
    );
  }
  const ofFile = !before.has(name);
  return { url, target: { ...whereTo(url), ...sourceOf({ name, path, ofFile, owner }) } };
}

function whereTo(url: string): Pick<DatabaseTarget, "database" | "hosts" | "user"> {
  const { database, hosts, url: known } = parseConnection(url);
  const shown = hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return { database, hosts: shown, user: decodeURIComponent(new URL(known).username) };
}

function sourceOf(found: {
  readonly name: string;
  readonly path: string;
  readonly ofFile: boolean;
  readonly owner: ReturnType<typeof ownerOfEnvFile>;
}): Pick<DatabaseTarget, "from" | "stack"> {
  const { name, path, ofFile, owner } = found;
  if (!ofFile) return { from: `${name} of the environment`, stack: undefined };
  return { from: `${name} of ${path}`, stack: typeof owner === "object" ? owner.stack : undefined };
}

/** In one line for people. */
export function targetLine({ database, hosts, user, from, stack }: DatabaseTarget): string {
  const whose = stack === undefined ? "" : `, written for stack ${stack}`;
  return `Database ${database} at ${hosts.join(", ")} as ${user} (${from}${whose})`;
}
