import { relative, resolve } from "node:path";
import { UsageError } from "./frame/arguments.ts";
import { runCommand } from "./frame/command.ts";

void runCommand(
  {
    name: "db:lint",
    usage: `Checks migrations before they are applied: with squawk (rules and the reason for each exception in .squawk.toml), and
for what the runner would refuse.

Usage: npm run db:lint -- [FILE ...] [options]

  --since REF             the files that are not in this git revision (default HEAD: those not committed yet)
  --all                   every file of the journal
  --folder FOLDER         Drizzle's migrations folder (default migrations)
  --json                  one JSON document on stdout`,
    options: {
      since: { type: "string", default: "HEAD" },
      all: { type: "boolean", default: false },
      folder: { type: "string", default: "migrations" },
      json: { type: "boolean", default: false },
    },
    words: { most: Number.POSITIVE_INFINITY },
    exits: { done: "nothing found", failed: "something found" },
  },
  async ({ values, words: files, say, document }) => {
    const { lintMigrations, UnknownFilesError } = await import("../operations/review/lint.ts");
    const since = { since: values.since };
    const which = files.length > 0 ? { files } : values.all ? "all" : since;
    const { checked, of, findings } = await lintMigrations({ folder: resolve(values.folder), which, say }).catch(
      (error: unknown) => {
        throw error instanceof UnknownFilesError ? new UsageError(error.message) : error;
      },
    );
    document({ checked, findings });
    for (const { file, line, rule, message } of findings)
      say(`${relative(process.cwd(), file)}:${line}: ${rule}: ${message}`);
    say(`${checked.length} of ${of} migrations checked, ${findings.length} findings.`);
    return findings.length > 0 ? "failed" : "done";
  },
);
