import type { Sql } from "postgres";
import { isLoopback, parseConnection } from "../../db/connection.ts";
import { RefusedError } from "../../engine/error.ts";
import { DEFAULT_READER } from "../../names/reader.ts";
import type { DatabaseContext } from "./database-command.ts";
import { targetLine } from "./database-target.ts";

/** Options of a command that destroys or fills a database. */
export const disposableOptions = {
  force: { type: "boolean", default: false },
  "yes-really": { type: "boolean", default: false },
} as const;

/** What they are for, for the help. */
export const disposableHelp = `  --force --yes-really    both: also another host's database, a protected one, or one that publishes its catalog
`;

/**
 * Refuses to destroy or fill what is not a development database of this machine: any other host, and any database that is
 * protected or publishes its catalog. `--force --yes-really`, both, override it. @throws RefusedError
 */
export async function requireDisposable({ sql, url, values }: DatabaseContext, attempted: string): Promise<void> {
  if (values.force === true && values["yes-really"] === true) return;
  const { hosts } = parseConnection(url);
  const reasons = hosts.filter(({ host }) => !isLoopback(host)).map(({ host }) => `${host} is not this machine`);
  if (reasons.length === 0) reasons.push(...(await findProtection(sql)));
  if (reasons.length === 0) return;
  throw new RefusedError({
    attempted,
    answered: reasons.join("; "),
    next: "It is meant for development databases. To do it all the same, give --force and --yes-really.",
  });
}

/** Goes on after a yes where nothing says that it is the database of stack dev. @throws RefusedError without one */
export async function confirmUnlessDev({ target, values, confirm }: DatabaseContext, attempted: string): Promise<void> {
  if (target.stack === "dev" || (values.force === true && values["yes-really"] === true)) return;
  await confirm({ question: `${attempted} loses every row. ${targetLine(target)}. Go on?`, attempted });
}

async function findProtection(sql: Sql): Promise<string[]> {
  const [held] = await sql`
    select to_regclass('environment.settings') is not null as has_settings,
      exists (select from pg_roles where rolname = ${DEFAULT_READER}) as publishes`;
  const marked = held?.has_settings
    ? await sql`select from environment.settings where name = 'protected' and value = 'true'`
    : [];
  return [
    ...(held?.publishes ? ["this database publishes its catalog to others, as Production does"] : []),
    ...(marked.length > 0 ? ["this database is marked as protected"] : []),
  ];
}
