import { readFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../connection/literal.ts";
import { migrationLockKey, runSettingsSql } from "./lock.ts";

/** What a session was before a run changed anything in it, as far as the server would not restore it by RESET ALL. */
export type Baseline = {
  /** The connection's own search_path. */
  searchPath: string;
  /** The role of a SET ROLE, also one of the log-in's own; `none` without. */
  role: string;
  /** A file of the run may change what sessions begin with (`changesDefaults`). */
  defaultsChange?: boolean;
  /** SQL for what a new session begins with since a file took settings of a role or of the database back. */
  beginnings?: string;
};

const ownDefaultsSql = readFileSync(join(import.meta.dirname, "own-defaults.sql"), "utf8");

/** True where one of these files may change the settings of a role or of the database, which hold for new sessions. */
export function changesDefaults(files: readonly { sql: string }[]): boolean {
  return files.some(({ sql }) => /\balter\s+(?:role|user|database)\b/i.test(sql));
}

/** Who the session is to begin with, whatever SET ROLE or SET SESSION AUTHORIZATION came since. */
export function identitySql({ role }: Baseline): string {
  return `reset session authorization; set role ${role === "none" ? role : literal(role)}`;
}

/**
 * Takes back what a migration did to its session, and sets the session up for the run again. Inside the migration's own
 * transaction: a failure takes this back with the rest. Not DISCARD ALL, which would give up the migration lock and the
 * statements the client has prepared.
 */
export function freshSql(baseline: Baseline, file = ""): string {
  return [
    "close all",
    identitySql(baseline),
    "reset all",
    ...(baseline.beginnings === undefined ? [] : [baseline.beginnings]),
    ...(baseline.defaultsChange ? [ownDefaultsSql] : []),
    runSettingsSql,
    searchPathSql(baseline),
    "discard temp; discard sequences; unlisten *",
    ...outlivesRollback(file),
  ].join("; ");
}

function searchPathSql({ searchPath, defaultsChange }: Baseline): string {
  const back = `select pg_catalog.set_config('search_path', ${literal(searchPath)}, false)`;
  // One that the caller set stays; one that the session began with is what it would begin with now.
  const began = `select from pg_catalog.pg_settings where name = 'search_path' and reset_val = ${literal(searchPath)}`;
  return defaultsChange ? `${back} where not exists (${began})` : back;
}

/** Takes back a migration that failed, with what a rollback alone would leave of it. */
export function takeBackSql(file: string): string {
  return ["rollback", ...outlivesRollback(file)].join("; ");
}

// Both look-ups cost, so only where the file names what they find.
function outlivesRollback(file: string): string[] {
  return [...(/\bprepare\b/i.test(file) ? [deallocateSql] : []), ...(/advisory/i.test(file) ? [unlockOthersSql] : [])];
}

const deallocateSql = `do $runner$ declare prepared record; begin
for prepared in select name from pg_catalog.pg_prepared_statements where from_sql loop
  execute pg_catalog.format('deallocate %I', prepared.name);
end loop; end $runner$`;

// A lock is held as often as it was taken, which pg_locks does not show. Those of the transaction only warn.
const unlockOthersSql = `do $runner$ declare held record; begin
set local client_min_messages = error;
for held in select objsubid, mode, (classid::bigint << 32) | objid::bigint as whole, classid::bigint as high, objid::bigint as low
  from pg_catalog.pg_locks where locktype = 'advisory' and pid = pg_catalog.pg_backend_pid() loop
  continue when held.objsubid = 1 and held.whole = ${migrationLockKey};
  while case
    when held.objsubid = 1 and held.mode = 'ExclusiveLock' then pg_catalog.pg_advisory_unlock(held.whole)
    when held.objsubid = 1 then pg_catalog.pg_advisory_unlock_shared(held.whole)
    when held.mode = 'ExclusiveLock' then pg_catalog.pg_advisory_unlock((held.high::bit(32))::int, (held.low::bit(32))::int)
    else pg_catalog.pg_advisory_unlock_shared((held.high::bit(32))::int, (held.low::bit(32))::int)
  end loop end loop;
end loop; end $runner$`;
