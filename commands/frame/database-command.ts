import { resolve } from "node:path";
import type { Sql } from "postgres";
import type { Options } from "./arguments.ts";
import { type CommandContext, runCommand } from "./command.ts";
import { confirm, type Question } from "./confirm.ts";
import { type DatabaseTarget, findDatabase, targetLine } from "./database-target.ts";
import type { Ending } from "./exit-codes.ts";

/** What a db: command works with. */
export interface DatabaseContext extends Pick<CommandContext, "say" | "document" | "json"> {
  readonly sql: Sql;
  /** Its connection string. Holds a password: never shown. */
  readonly url: string;
  /** What may be shown of it. */
  readonly target: DatabaseTarget;
  /** Drizzle's migrations folder. */
  readonly folder: string;
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** Goes on after a yes, on the terminal or by `--yes`. @throws RefusedError without one */
  confirm(question: Question): Promise<void>;
}

const shared = {
  folder: { type: "string", default: "migrations" },
  "env-file": { type: "string", default: ".env" },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
} as const satisfies Options;

const sharedHelp = `  --folder FOLDER         Drizzle's migrations folder (default migrations)
  --env-file FILE         where to look for the variables below that are not set (default .env)
  --json                  one JSON document on stdout
  -y, --yes               do not ask`;

const notes = `The database is the one of MIGRATE_URL, else DIRECT_URL, else SESSION_URL: never of an argument, which others can read in
the process list. It is named first, with who logs in and where that is from; --json has it as "database".`;

/** Connects, runs `work` and ends the process. */
export function databaseCommand(
  command: { name: string; summary: string; options?: Options; help?: string },
  work: (context: DatabaseContext) => Promise<Ending>,
): Promise<never> {
  const { name, summary, help = "" } = command;
  return runCommand(
    {
      name,
      usage: `${summary}\n\nUsage: npm run ${name} -- [options]\n\n${help}${sharedHelp}`,
      notes,
      options: { ...shared, ...command.options },
      exits: { refused: "refused", busy: "another run holds the lock", notAsDeclared: "not up to date" },
    },
    async ({ values, say, document, json }) => {
      const { connectForMigrations } = await import("../../db/migrate/connect.ts");
      const { url, target } = findDatabase(values["env-file"]);
      say(targetLine(target));
      const result = (value: object) => document({ ...value, database: target });
      const sql = connectForMigrations(url, { applicationName: name, onNotice: say });
      const ask = (question: Question) => (values.yes ? Promise.resolve() : confirm(question));
      let isDone = false;
      try {
        const folder = resolve(values.folder);
        const ending = await work({ sql, url, target, folder, values, say, document: result, json, confirm: ask });
        isDone = true;
        return ending;
      } finally {
        await sql.end({ timeout: isDone ? 5 : 0 });
      }
    },
  );
}
