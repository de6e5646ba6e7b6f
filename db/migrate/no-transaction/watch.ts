import { readFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../../connection/literal.ts";
import type { Progress } from "../ledger.ts";
import { identitySql } from "../session-state.ts";
import type { Statement } from "../statement-list.ts";
import { asRunner, type FileRun, moveSql } from "./file-run.ts";
import { identityOf } from "./file-settings.ts";

const seenSql = readFileSync(join(import.meta.dirname, "session-seen.sql"), "utf8");
const namesSql = readFileSync(join(import.meta.dirname, "setting-names.sql"), "utf8");

// A look costs about a millisecond: nothing next to a statement, and minutes in a file of hundreds of thousands.
const alwaysUpTo = 500;
const every = 500;

/** Names what changed where a statement took another role without saying so. */
export const roleChanged = "environment.the_role_was_changed";

/** True where it is looked at what a statement made of the session: in a large file at the first of each kind, and now and then. */
export function isWatched(run: FileRun, { words }: Statement, index: number): boolean {
  const kind = words.join(" ");
  const first = run.kinds.get(kind) ?? index;
  run.kinds.set(kind, first);
  return first === index || run.done.length <= alwaysUpTo || index % every === 0;
}

/** Sets what a look at the session compares with, and which settings of the application's own it asks for. */
export function watchSql({ migration }: FileRun): string {
  const named = migration.sql.matchAll(
    /(?:'|\bset\s+(?:session\s+|local\s+)?)([a-z_][\w$]*(?:\.[\w$]+)+)(?:'|\s*(?:=|to\b))/gi,
  );
  const names = [...new Set([...named].map(([, name]) => literal(name ?? "")))].slice(0, 1000);
  const found = namesSql.replace("$FILE$", () => `array[${names.join(", ")}]::pg_catalog.text[]`);
  return [
    `select pg_catalog.set_config('environment.migration_names', coalesce((${found}), ''), false)`,
    "set environment.migration_session = '{}'",
    `select pg_catalog.set_config('environment.migration_session', (${seenSql})::pg_catalog.text, false)`,
  ].join("; ");
}

// What differs between two looks; null for what is gone.
const differenceSql = `(select pg_catalog.jsonb_object_agg(coalesce(was.key, seen.key), seen.value)
  from pg_catalog.jsonb_each_text(coalesce(nullif(pg_catalog.current_setting('environment.migration_session', true), ''), '{}')::pg_catalog.jsonb) was
  full join pg_catalog.jsonb_each_text(pg_catalog.current_setting('environment.migration_seen')::pg_catalog.jsonb) seen using (key)
  where was.value is distinct from seen.value)`;

/** Looks at the session behind a statement that is done, and records with it what it changed there. */
export function lookSql({ context, migration, settings }: FileRun, index: number): string {
  return [
    `select pg_catalog.set_config('environment.migration_seen', (${seenSql})::pg_catalog.text, false)`,
    // Whatever role the statement left.
    identitySql(context.baseline),
    `update environment.migration_progress set session = coalesce(${differenceSql}, nullif(session, '"?"')) where hash = ${literal(migration.hash)} and statement = ${index}`,
    "select pg_catalog.set_config('environment.migration_session', pg_catalog.current_setting('environment.migration_seen'), false)",
    ...identityOf(settings),
  ].join("; ");
}

/** The same, and then moves the mark on, or raises 42704 where the session was another's than the file says. */
export function settleSql(run: FileRun, index: number): string {
  const seen = "pg_catalog.current_setting('environment.migration_seen')::pg_catalog.jsonb";
  const same =
    `${seen} ->> 'the role' = pg_catalog.current_setting('role') and ` +
    `${seen} ->> 'the session authorization' = session_user`;
  const demand = `select case when ${same} then null else pg_catalog.current_setting('${roleChanged}') end`;
  return ["begin", lookSql(run, index), "commit", demand, moveSql(run.mark)].join("; ");
}

/** Makes the session again what a finished statement made it, besides what its own text says. */
export function sessionAgainSql(run: Pick<FileRun, "context" | "settings">, { hash, statement }: Progress): string {
  const name = "pg_catalog.substr(kept.key, 5)";
  const usual = `(select reset_val from pg_catalog.pg_settings where name = ${name})`;
  const again =
    `select pg_catalog.set_config(${name}, coalesce(kept.value, ${usual}, ''), false) ` +
    "from environment.migration_progress p, pg_catalog.jsonb_each_text(p.session) kept " +
    `where p.hash = ${literal(hash)} and p.statement = ${statement} and kept.key like 'set %'`;
  return asRunner(run, again);
}
