import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { databaseNameOf, type ReservedName, readDatabaseName } from "../../session/stack-names.ts";

/** A pull request's database inside the shared project. */
export interface FoundDatabase extends ReservedName {
  readonly name: string;
  /** False once it is to be removed: a session that may not be ended keeps it for now. */
  readonly open: boolean;
}

const DROP_TRIES = 5;
const MAX_NAMES = 9;

/** The databases whose names are reserved for pull requests. */
export async function listDatabases(shared: Sql): Promise<FoundDatabase[]> {
  const rows = await shared<{ name: string; open: boolean }[]>`
    select datname as name, datallowconn as open from pg_database where datname like 'pr\\_%' order by 1`;
  return rows.flatMap(({ name, open }) => {
    const found = readDatabaseName(name);
    return found ? [{ name, open, ...found }] : [];
  });
}

/** Whose database is wanted, and what it is copied from. */
export interface WantedDatabase {
  readonly number: number;
  readonly mark: string;
  readonly template: string;
  /** Whether the preview's state has this one already, under whatever name it was made. */
  readonly isRecorded?: (name: string) => boolean;
}

/** Finds or makes the database of a pull request. A name that a removed one still holds is passed over. */
export async function ensureDatabase(shared: Sql, wanted: WantedDatabase): Promise<string> {
  const { number, mark, template, isRecorded = () => false } = wanted;
  const found = (await listDatabases(shared)).filter((database) => database.number === number);
  const usable = found.filter(({ open, ...database }) => open && (isRecorded(database.name) || database.mark === mark));
  const [first] = usable.sort((one, other) => Number(isRecorded(other.name)) - Number(isRecorded(one.name)));
  if (first) return first.name;
  const taken = new Set(found.map(({ name }) => name));
  for (let attempt = 1; attempt <= MAX_NAMES; attempt++) {
    const name = databaseNameOf(number, mark, attempt);
    if (taken.has(name)) continue;
    await shared.unsafe(`create database ${name} template ${template}`);
    await shared.unsafe(`revoke connect, temporary on database ${name} from public`);
    return name;
  }
  throw new Error(
    `Making a database for pull request ${number} failed: ${[...taken].join(", ")} are being removed and still have sessions. Run: npm run pr -- prune`,
  );
}

/**
 * Removes databases of a pull request.
 * @param isOwn whether one may be removed: it has our mark, or the state recorded it
 * @returns `left`, the names of those that stay for now, closed to new sessions, because of a session that `postgres` may
 * not end (`prune` tries them again), and `kept`, those that are not ours.
 */
export async function dropDatabases(
  shared: Sql,
  number: number,
  isOwn: (database: FoundDatabase) => boolean,
): Promise<{ left: string[]; kept: string[] }> {
  const found = (await listDatabases(shared)).filter((database) => database.number === number);
  const left: string[] = [];
  for (const { name } of found.filter(isOwn)) if (!(await drop(shared, name))) left.push(name);
  return { left, kept: found.filter((database) => !isOwn(database)).map(({ name }) => name) };
}

/** Puts a mark into the name of a database. @returns its name now @throws Error while sessions use it */
export async function markDatabase(shared: Sql, { name, number }: FoundDatabase, mark: string): Promise<string> {
  const next = databaseNameOf(number, mark);
  await shared.unsafe(`alter database "${name}" rename to "${next}"`).catch((error: unknown) => {
    if (!(error instanceof shared.PostgresError)) throw error;
    throw new Error(
      `Renaming database ${name} to ${next} failed: ${error.message} (SQLSTATE ${error.code}). End the sessions in it, and run the command again.`,
    );
  });
  return next;
}

async function drop(shared: Sql, name: string): Promise<boolean> {
  await shared.unsafe(`alter database "${name}" with allow_connections false`);
  for (let tries = 0; tries < DROP_TRIES; tries++) {
    try {
      await shared.unsafe(`drop database if exists "${name}" with (force)`);
      return true;
    } catch (error) {
      // 42501: a superuser's session; 55006: one that has not ended yet.
      if (!(error instanceof shared.PostgresError) || !["42501", "55006"].includes(error.code)) throw error;
      await endOwnSessions(shared, name);
      await sleep(200 * 2 ** tries);
    }
  }
  return false;
}

async function endOwnSessions(shared: Sql, name: string): Promise<void> {
  await shared`
    select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_roles r on r.rolname = a.usename
    where a.datname = ${name} and not r.rolsuper`.catch(() => undefined);
}
