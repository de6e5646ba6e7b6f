import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { databaseNameOf, numberOfDatabase } from "../../session/stack-names.ts";
import { templatePrefix } from "./template.ts";

/** A pull request's database inside the shared project. */
export interface FoundDatabase {
  readonly name: string;
  readonly number: number;
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
    const number = numberOfDatabase(name);
    return number === undefined ? [] : [{ name, number, open }];
  });
}

/** Finds or makes the database of a pull request. A name that a removed one still holds is passed over. */
export async function ensureDatabase(shared: Sql, number: number, template: string): Promise<string> {
  const found = (await listDatabases(shared)).filter((database) => database.number === number);
  const usable = found.find(({ open }) => open);
  if (usable) return usable.name;
  const taken = new Set(found.map(({ name }) => name));
  for (let attempt = 1; attempt <= MAX_NAMES; attempt++) {
    const name = databaseNameOf(number, attempt);
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
 * Removes the databases of a pull request.
 * @returns the names of those that stay for now, closed to new sessions, because of a session that `postgres` may not
 * end; `prune` tries them again.
 */
export async function dropDatabases(shared: Sql, number: number): Promise<string[]> {
  const left: string[] = [];
  for (const database of await listDatabases(shared)) {
    if (database.number === number && !(await drop(shared, database.name))) left.push(database.name);
  }
  return left;
}

/** Removes templates other than `keep`. */
export async function dropOldTemplates(shared: Sql, keep: string | undefined): Promise<string[]> {
  const pattern = `${templatePrefix}%`;
  const rows = await shared<{ name: string }[]>`select datname as name from pg_database where datname like ${pattern}`;
  const old = rows.filter(({ name }) => name !== keep && !name.startsWith(`${templatePrefix}draft_`));
  for (const { name } of old) await shared.unsafe(`drop database if exists "${name}"`);
  return old.map(({ name }) => name);
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
