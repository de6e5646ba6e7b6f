import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "postgres";
import type { HeldSession } from "./held-session.ts";
import type { DatabaseState, LedgerRow, Progress } from "./ledger.ts";
import { unseen } from "./no-transaction/left-in-session.ts";

/** Anything that sends one query and returns its rows. */
export type Sender = Pick<HeldSession, "send">;

const surveySql = readFileSync(join(import.meta.dirname, "survey.sql"), "utf8");

// Plain queries without joins, aggregates or an order: on a connection just opened, planning those costs more than reading.
const readSql = {
  ledger: "select id, hash, created_at from drizzle.__drizzle_migrations",
  timedLedger:
    "select id, hash, created_at, pg_catalog.pg_xact_commit_timestamp(xmin) as committed_at from drizzle.__drizzle_migrations",
  history: "select ledger_id, hash, tag, applied_at, accepted from environment.migration_history",
  // Tables of earlier versions have one column less.
  progress: "select * from environment.migration_progress",
  settings: "select name, value from environment.settings",
};

/** What there is to read, and what is known of the session. */
export type Survey = Pick<DatabaseState, "exists" | "elsewhere" | "searchPath" | "role"> & {
  backendPid: number;
  /** Does the server keep the times of commits? */
  times: boolean;
};

/** Asks what there is to read. */
export async function readSurvey({ send }: Sender): Promise<Survey> {
  const [row] = await send(surveySql);
  if (!row) throw new Error("The server returned no row for the state of its migrations");
  return {
    exists: {
      ledger: row.ledger === true,
      history: row.history === true,
      progress: row.progress === true,
      settings: row.settings === true,
      schemas: { drizzle: row.drizzle_schema === true, environment: row.environment_schema === true },
    },
    elsewhere: row.elsewhere ?? [],
    times: row.times === "on",
    searchPath: String(row.search_path),
    role: String(row.role),
    backendPid: Number(row.pid),
  };
}

/** Reads what the survey found but the notes, in one round trip; none where it found nothing. */
export async function readTables(survey: Survey, { send }: Sender): Promise<DatabaseState> {
  const { exists, elsewhere, times, searchPath, role } = survey;
  const [ledger, progress, settings] = await Promise.all([
    exists.ledger ? send(times ? readSql.timedLedger : readSql.ledger) : [],
    exists.progress ? send(readSql.progress) : [],
    exists.settings ? send(readSql.settings) : [],
  ]);
  return {
    rows: ledger.map(ledgerRow).sort((one, other) => one.id - other.id),
    progress: progress.map(progressRow),
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    exists,
    elsewhere,
    searchPath,
    role,
  };
}

/** Reads the notes: needed to say more about rows that the journal does not explain. */
export async function readNotes({ exists }: Survey, { send }: Sender): Promise<Row[]> {
  return exists.history ? send(readSql.history) : [];
}

/** Adds notes to the rows they are about. */
export function withNotes(state: DatabaseState, notes: Row[]): DatabaseState {
  if (notes.length === 0) return state;
  const found = new Map(notes.map((note) => [`${note.ledger_id} ${note.hash}`, note]));
  return { ...state, rows: state.rows.map((row) => noted(row, found.get(`${row.id} ${row.hash}`))) };
}

/** Reads the state without the lock, for plans. */
export async function readState(sender: Sender): Promise<DatabaseState> {
  const survey = await readSurvey(sender);
  const [state, notes] = await Promise.all([readTables(survey, sender), readNotes(survey, sender)]);
  return withNotes(state, notes);
}

function ledgerRow({ id, hash, created_at: createdAt, committed_at: time }: Row): LedgerRow {
  const row = { id: Number(id), hash: String(hash ?? ""), createdAt: Number(createdAt ?? 0) };
  return time instanceof Date ? { ...row, appliedAt: time.toISOString() } : row;
}

function progressRow({ hash, tag, statement, state, statement_hash: own, session }: Row): Progress {
  const left = session ? { left: leftIn(session) } : {};
  return { hash, tag, statement, state, ...(own ? { statementHash: String(own) } : {}), ...left };
}

/** The server went down between the statement and the look at its session where that is no object. */
function leftIn(session: unknown): Record<string, boolean> {
  if (typeof session !== "object" || session === null) return { [unseen]: true };
  return Object.fromEntries(Object.entries(session).map(([name, value]) => [name, value !== null]));
}

function noted(row: LedgerRow, note: Row | undefined): LedgerRow {
  if (!note) return row;
  const { tag, applied_at: time, accepted } = note;
  return {
    ...row,
    ...(tag ? { tag: String(tag) } : {}),
    ...(time instanceof Date ? { appliedAt: time.toISOString() } : {}),
    ...(accepted ? { accepted: String(accepted) } : {}),
  };
}
