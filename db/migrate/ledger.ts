import { literal } from "../connection/literal.ts";
import type { DatabaseSettings } from "./settings.ts";

/** One row of Drizzle's ledger, with what this runner noted with it. */
export type LedgerRow = {
  id: number;
  hash: string;
  /** The journal's `when` in milliseconds; 0 where the row has none. */
  createdAt: number;
  /** Known where this runner applied it. */
  tag?: string;
  /** ISO 8601; known where this runner applied it or the server tracks commit times. */
  appliedAt?: string;
  /** Set by `db:baseline` and `db:repair`: which of them recorded this row or keeps it. */
  accepted?: string;
};

/** How far a no-transaction migration came. */
export type Progress = {
  hash: string;
  tag: string;
  /** Zero-based number of the statement it is about. */
  statement: number;
  state: "started" | "done";
  /** sha256 of its text; not known of what earlier versions recorded. */
  statementHash?: string;
  /** What it changed in its session, by name: true for what was there behind it, false for what was gone. */
  left?: Record<string, boolean>;
};

type Schemas = { drizzle: boolean; environment: boolean };

/** All this runner reads from a database. */
export type DatabaseState = {
  rows: LedgerRow[];
  progress: Progress[];
  settings: DatabaseSettings;
  exists: { ledger: boolean; history: boolean; progress: boolean; settings: boolean; schemas: Schemas };
  /** Ledgers of Drizzle in other places, looked for only where ours is not there. */
  elsewhere: { schema: string; table: string }[];
  searchPath: string;
  /** The role of a SET ROLE, also one of the log-in's own; `none` without. */
  role: string;
};

// The ledger exactly as drizzle-orm 0.45 and drizzle-kit 0.31 create it.
const ledgerDdl = `create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;

const settingsDdl = `create table if not exists environment.settings (
  name text primary key, value jsonb not null, updated_at timestamptz not null default now())`;

// Lengths keep the row short enough for a table without TOAST, and the lock keeps its rows apart without an index: making
// the two would cost more than a small migration. The schema's privileges keep everybody else out.
const historyDdl = `create table if not exists environment.migration_history (
  ledger_id integer not null, hash varchar(64) not null, tag varchar(255), applied_at timestamptz,
  previous_hash varchar(64), accepted varchar(16))`;

const progressDdl = `create table if not exists environment.migration_progress (
  hash text not null, statement integer not null, tag text not null, state text not null,
  changed_at timestamptz not null default now(), statement_hash text, session jsonb, primary key (hash, statement));
revoke all on environment.migration_progress from public`;

/** What a table of earlier versions lacks. */
export const progressColumnDdl =
  "alter table environment.migration_progress add column if not exists statement_hash text, add column if not exists session jsonb";

/** DDL for the tables that are not there yet; undefined where all are. Only ever run under the lock. */
export function missingTables(
  exists: DatabaseState["exists"],
  wanted: { settings?: boolean; progress?: boolean } = {},
): string | undefined {
  // IF NOT EXISTS asks for CREATE on the database even where the schema is there.
  const schemas = (["drizzle", "environment"] as const).filter((name) => !exists.schemas[name]);
  const parts = [
    ...schemas.map((name) => `create schema if not exists ${name}`),
    exists.ledger ? undefined : ledgerDdl,
    wanted.settings && !exists.settings ? settingsDdl : undefined,
    exists.history ? undefined : historyDdl,
    wanted.progress ? (exists.progress ? progressColumnDdl : progressDdl) : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  // "already exists, skipping" is no news.
  return `set local client_min_messages = warning; ${parts.join("; ")}; reset client_min_messages`;
}

/**
 * Records a migration: Drizzle's row and the note with it. Fails where the ledger took no row (a trigger or rule on it),
 * because the note then has no id: the migration would run again.
 */
export function recordSql(migration: { tag: string; hash: string; when: number }): string {
  const hash = literal(migration.hash);
  return (
    `with recorded as (insert into drizzle.__drizzle_migrations ("hash", "created_at") values (${hash}, ${migration.when}) returning id) ` +
    "insert into environment.migration_history (ledger_id, hash, tag, applied_at) " +
    `select (select id from recorded), ${hash}, ${literal(migration.tag)}, pg_catalog.now()`
  );
}

/** Brings the sequence of the ledger's ids up to its rows: a restored ledger, or one filled with ids, leaves it behind. */
export const alignSql = `select pg_catalog.setval(ledger.ids, ledger.newest) from (
  select pg_catalog.pg_get_serial_sequence('drizzle.__drizzle_migrations', 'id')::pg_catalog.regclass as ids,
    (select pg_catalog.max(id) from drizzle.__drizzle_migrations) as newest) ledger
where ledger.newest > coalesce(pg_catalog.pg_sequence_last_value(ledger.ids), 0)`;

/** What is noted about a row of the ledger whose file was changed, or that was accepted as it is. */
export type Note = { ledgerId: number; hash: string; tag?: string; previousHash?: string; accepted?: string };

/** Records that the changed file is what was applied. */
export function rehashSql(note: Note): string {
  const update = `update drizzle.__drizzle_migrations set hash = ${literal(note.hash)} where id = ${note.ledgerId}`;
  return `${update}; ${noteSql(note)}`;
}

/** Notes it in place of an earlier note, whose previous hash stays where there is no newer one. */
export function noteSql({ ledgerId, hash, tag, previousHash, accepted }: Note): string {
  const value = (text: string | undefined): string => (text === undefined ? "null" : literal(text));
  return (
    `with earlier as (delete from environment.migration_history where ledger_id = ${ledgerId} returning previous_hash) ` +
    "insert into environment.migration_history (ledger_id, hash, tag, previous_hash, accepted) " +
    `select ${ledgerId}, ${literal(hash)}, ${value(tag)}, coalesce(${value(previousHash)}, (select max(previous_hash) from earlier)), ${value(accepted)}`
  );
}
