import type { Row } from "postgres";
import type { JsonValue, Settings } from "./settings.ts";

/** One row of Drizzle's ledger, with what this runner noted beside it. */
export type LedgerRow = {
  id: number;
  hash: string;
  /** The journal's `when` in milliseconds. */
  createdAt: number;
  /** Known where this runner applied it. */
  tag?: string;
  /** ISO 8601; known where this runner applied it or the server tracks commit times. */
  appliedAt?: string;
  /** Set by `db:baseline` or `--accept-unknown`: a row of another checkout that is meant to stay. */
  accepted?: string;
};

/** How far a no-transaction migration came. */
export type Progress = {
  hash: string;
  tag: string;
  /** Zero-based number of the statement it is about. */
  statement: number;
  state: "started" | "done";
};

/** All this runner reads from a database, in one round trip. */
export type DatabaseState = {
  rows: LedgerRow[];
  progress: Progress[];
  settings: Settings;
  exists: { ledger: boolean; bookkeeping: boolean; settings: boolean };
  searchPath: string;
  backendPid: number;
  runMark: string;
};

/** The transaction-independent mark that shows that a connection is still the one that took the lock. */
export const runMark = "environment.migration_run";

// Reads tables that may not be there, without an error in the server's log: one DO block builds a JSON text, one SELECT
// returns it.
export const readStateSql = `do $state$
declare
  state jsonb := '{}'; part jsonb; noted boolean := to_regclass('environment.migration_history') is not null;
  times text := case when current_setting('track_commit_timestamp') = 'on' then 'pg_catalog.pg_xact_commit_timestamp(l.xmin)' else 'null::timestamptz' end;
begin
  if to_regclass('drizzle.__drizzle_migrations') is not null then
    execute case when noted then
      'select jsonb_agg(jsonb_build_array(l.id, l.hash, l.created_at, h.tag, coalesce(h.applied_at, ' || times || '), h.accepted) order by l.id) from drizzle.__drizzle_migrations l left join environment.migration_history h on h.ledger_id = l.id and h.hash = l.hash'
    else
      'select jsonb_agg(jsonb_build_array(l.id, l.hash, l.created_at, null, ' || times || ', null) order by l.id) from drizzle.__drizzle_migrations l'
    end into part;
    state := jsonb_build_object('rows', coalesce(part, '[]'));
  end if;
  if noted then
    execute 'select jsonb_agg(jsonb_build_array(hash, tag, statement, state) order by hash, statement) from environment.migration_progress' into part;
    state := state || jsonb_build_object('progress', coalesce(part, '[]'));
  end if;
  if to_regclass('environment.settings') is not null then
    execute 'select jsonb_object_agg(name, value) from environment.settings' into part;
    state := state || jsonb_build_object('settings', coalesce(part, '{}'));
  end if;
  perform set_config('environment.migration_state', state::text, true);
end $state$;
select current_setting('environment.migration_state') as state, current_setting('search_path') as search_path,
  pg_backend_pid() as pid, coalesce(current_setting('${runMark}', true), '') as run_mark`;

type RawRow = [number, string, number | null, string | null, string | null, string | null];
type RawState = {
  rows?: RawRow[];
  progress?: [string, string, number, Progress["state"]][];
  settings?: Record<string, JsonValue>;
};

/** Parses the answer to `readStateSql`. */
export function parseState(answer: Row | undefined): DatabaseState {
  if (!answer) throw new Error("The server returned no row for the state of its migrations");
  const raw: RawState = JSON.parse(String(answer.state));
  return {
    rows: (raw.rows ?? []).map(([id, hash, createdAt, tag, appliedAt, accepted]) => ({
      id,
      hash,
      createdAt: createdAt ?? 0,
      ...(tag === null ? {} : { tag }),
      ...(appliedAt === null ? {} : { appliedAt }),
      ...(accepted === null ? {} : { accepted }),
    })),
    progress: (raw.progress ?? []).map(([hash, tag, statement, state]) => ({ hash, tag, statement, state })),
    settings: raw.settings ?? {},
    exists: {
      ledger: raw.rows !== undefined,
      bookkeeping: raw.progress !== undefined,
      settings: raw.settings !== undefined,
    },
    searchPath: String(answer.search_path),
    backendPid: Number(answer.pid),
    runMark: String(answer.run_mark),
  };
}

// The ledger exactly as drizzle-orm 0.45 and drizzle-kit 0.31 create it.
const ledgerDdl = `create schema if not exists drizzle;
create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;

const schemaDdl = "create schema if not exists environment";

const settingsDdl = `${schemaDdl};
create table if not exists environment.settings (
  name text primary key, value jsonb not null, updated_at timestamptz not null default now())`;

const bookkeepingDdl = `${schemaDdl};
create table if not exists environment.migration_history (
  ledger_id integer primary key, hash text not null, tag text, applied_at timestamptz default now(),
  duration_ms integer, previous_hash text, accepted text);
create table if not exists environment.migration_progress (
  hash text not null, statement integer not null, tag text not null, state text not null,
  changed_at timestamptz not null default now(), primary key (hash, statement));
revoke all on environment.migration_history, environment.migration_progress from public`;

/** DDL for the tables that are not there yet; undefined where all are. Only ever run under the lock. */
export function missingTables(exists: DatabaseState["exists"], settings: boolean): string | undefined {
  const parts = [
    exists.ledger ? undefined : ledgerDdl,
    settings && !exists.settings ? settingsDdl : undefined,
    exists.bookkeeping ? undefined : bookkeepingDdl,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  // "already exists, skipping" is no news to anybody.
  return `begin; set local client_min_messages = warning; ${parts.join("; ")}; commit`;
}

/** Records a migration: Drizzle's row and the note beside it, in one statement. */
export function recordSql(migration: { tag: string; hash: string; when: number }): string {
  return (
    'with recorded as (insert into drizzle.__drizzle_migrations ("hash", "created_at") values ' +
    `(${literal(migration.hash)}, ${migration.when}) returning id, hash) ` +
    "insert into environment.migration_history (ledger_id, hash, tag, duration_ms) " +
    `select id, hash, ${literal(migration.tag)}, (extract(epoch from clock_timestamp() - now()) * 1000)::integer from recorded`
  );
}

/** Quotes a string for SQL text, whatever standard_conforming_strings says. */
export function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
