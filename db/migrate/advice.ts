import type { PostgresError } from "postgres";
import { poolerAnswer } from "../connection/pooler-answers.ts";

/** A role without USAGE on the wrapper: no other role can be better off, because the platform owns it. */
export const MISSING_WRAPPER = {
  text: /foreign-data wrapper|use the wrapper/,
  next:
    "USAGE on the wrapper is missing, which the platform grants to postgres when postgres creates the extension: as " +
    "postgres, run `drop extension postgres_fdw` and then this again; where that changes nothing, ask support.",
} as const;

const byCode: Record<string, string> = {
  "55P03":
    "The lock it needs stayed taken. Run again at a quieter time, or give this file `-- migrate: lock-timeout 10s`.",
  "57014": "It ran into the statement timeout. Give this file `-- migrate: statement-timeout 30min` (0 turns it off).",
  "25001": "It cannot run in a transaction: put `-- migrate: no-transaction` on the first line of a file of its own.",
  "42P07":
    "It is there already. Was this file generated again because a meta/*_snapshot.json was missing, or made by hand? db:repair compares.",
  "55P04": "A new enum value can be used only after its transaction: put the use into the next migration file.",
  "40P01": "It met others that change the same. Run again; nothing in the file has to change.",
  "40001": "It met others that change the same. Run again; nothing in the file has to change.",
  "42501":
    "The role of the connection may not do this. Run with the role that owns what it changes, or grant it the right; the file may stay as it is.",
  "25006":
    "This server takes no writes: connect to the primary, or turn default_transaction_read_only off for this role. The file may stay as it is.",
  "58P01":
    "The server lacks a file, mostly that of an extension it was not installed with. Install it there, or leave the extension out of the file.",
  "0A000":
    "Either this server does not have it, such as an extension that is not installed there, or no server can do it: then correct the file.",
  "28P01": "The server refused user or password: look at the connection string.",
  "28000": "The server lets this user in neither from here nor in this way: look at the connection string.",
  "3D000": "There is no database of that name on this server: look at the connection string, or create it.",
};

// By class: the condition lies with the server, whatever the file says.
const byClass: Record<string, string> = {
  "08": "The connection failed. Run again.",
  "53": "The server has run out of something (disk, memory, connections). Make room and run again; the file may stay as it is.",
  "57": "The server was stopped or is not ready. Run again when it answers; the file may stay as it is.",
  "58": "The server's own system failed. Look at its log; the file may stay as it is.",
  XX: "The server met a fault of its own. Look at its log; the file may stay as it is.",
};

const noRow =
  "drizzle.__drizzle_migrations took no row, or gave it no id, so that the migration would run again: look for a trigger or " +
  "rule on it that leaves rows out, and at the default of its id. No file has to change.";

const ourSchemas = new Set(["drizzle", "environment"]);

/** What to do about a server's answer whatever was sent; undefined where that decides. */
export function adviceFromCode(answer: PostgresError): string | undefined {
  const { code, message } = answer;
  const pooled = answer.severity === "FATAL" ? poolerAnswer(answer) : undefined;
  if (pooled) return `That is ${pooled.cause}. ${pooled.next}`;
  if (code === "42501" && MISSING_WRAPPER.text.test(message)) return MISSING_WRAPPER.next;
  return byCode[code] ?? byClass[code.slice(0, 2)];
}

/** What to do about a server's answer to a migration of `file`, or, without one, to the runner's own statement. */
export function adviceFor(cause: PostgresError, file?: string): string {
  const known = adviceFromCode(cause);
  if (known) return known;
  if (cause.code === "23502" && cause.table_name === "migration_history" && cause.column_name === "ledger_id")
    return noRow;
  if (file !== undefined && !ourSchemas.has(cause.schema_name ?? "")) return `Correct ${file} and run again.`;
  const table = cause.table_name ? `${cause.schema_name}.${cause.table_name}` : "drizzle.__drizzle_migrations";
  return `Look at ${table}, where migrations are recorded (its columns, constraints and triggers); no file has to change.`;
}

/** The same for recording and committing a migration, whose deferred triggers and the ledger's own come to the same place. */
export function adviceForCommit(cause: PostgresError, file: string): string {
  if (cause.schema_name !== undefined || adviceFromCode(cause)) return adviceFor(cause, file);
  return (
    `Where a deferred trigger raised this, correct ${file}; where one on drizzle.__drizzle_migrations or ` +
    "environment.migration_history did, correct that. Then run again."
  );
}
