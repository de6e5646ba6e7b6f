import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { answerOf } from "../connection/explain.ts";
import { identifier } from "../identifier.ts";
import { textArray } from "./source.ts";

const fetchSizesSql = readFileSync(join(import.meta.dirname, "fetch-sizes.sql"), "utf8");

/** ANALYZE samples 300 rows per unit of its target: 300 of every table first, then 3000 where rows are narrow. */
const FIRST_TARGET = 1;
const TARGET = 10;
/** Bytes a row may have on average to be sampled in full: 3000 of them are 6 MB. Raw payloads are wider. */
const NARROW_ROW = 2000;
/** Bytes a session may hold of one fetch, and the rows it has at most: a join fetches as its table of narrow rows does. */
const FETCH_BYTES = 2_000_000;
const FETCH_ROWS = 5000;
/** Before it, postgres_fdw fetches a whole table to sample it. */
const SAMPLES_REMOTELY = 160000;

/** A foreign catalog, as far as statistics go. */
interface Tables {
  localSchema: string;
  tables: readonly string[];
}

/**
 * Samples the foreign tables, so that the planner knows how many rows a condition leaves; nothing else does, as
 * autovacuum leaves foreign tables alone. How wide its rows are decides how many a table fetches at a time. Answers in
 * words where it could not: the plans are guesses then.
 */
export async function gatherStatistics(sql: Sql, catalog: Tables): Promise<string | undefined> {
  if (!(await samplesRemotely(sql))) return undefined;
  const failure = await sample(sql, { ...catalog, target: FIRST_TARGET });
  if (failure) return failure;
  const narrow = await sql<{ name: string }[]>`
    select s.tablename as name
    from pg_catalog.pg_stats s join pg_catalog.pg_class c on c.oid = format('%I.%I', s.schemaname, s.tablename)::regclass
    where s.schemaname = ${catalog.localSchema} and s.tablename = any (${textArray(catalog.tables)}::text[])
      and c.reltuples > ${300 * FIRST_TARGET}
    group by s.tablename having sum(s.avg_width) <= ${NARROW_ROW}`;
  const missed = await sample(sql, { ...catalog, tables: narrow.map(({ name }) => name), target: TARGET });
  return missed ?? sizeFetches(sql, catalog);
}

/**
 * Has each table that was sampled fetch as many rows at a time as its width allows. Altering one waits for its readers,
 * and others wait behind: so samples that differ by less than half change nothing, and a table in use stays as it is.
 */
async function sizeFetches(sql: Sql, catalog: Tables): Promise<string | undefined> {
  const changes = await sql.unsafe<{ table: string; verb: string; rows: string }[]>(fetchSizesSql, [
    catalog.localSchema,
    textArray(catalog.tables),
    FETCH_ROWS,
    FETCH_BYTES,
  ]);
  await sql`select set_config('lock_timeout', '1s', false)`;
  try {
    for (const { table, verb, rows } of changes) {
      await sql.unsafe(`alter foreign table ${table} options (${verb} fetch_size '${rows}')`);
    }
    return undefined;
  } catch (error) {
    if (answerOf(error)?.code !== "55P03") throw error;
    return "a table is in use, so it fetches as many rows at a time as before";
  }
}

async function samplesRemotely(sql: Sql): Promise<boolean> {
  const [server] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
  return (server?.version ?? 0) >= SAMPLES_REMOTELY;
}

async function sample(sql: Sql, { localSchema, tables, target }: Tables & { target: number }) {
  await sql`select set_config('default_statistics_target', ${String(target)}, false)`;
  for (const table of tables) {
    try {
      await sql.unsafe(`analyze ${identifier(localSchema)}.${identifier(table)}`);
    } catch (error) {
      const answer = answerOf(error);
      if (!answer) throw error;
      return `no statistics of ${table} and the tables after it: SQLSTATE ${answer.code}: ${answer.message}`;
    }
  }
  return undefined;
}

/** Tables that hold rows and count as empty, in words: they were sampled before the publisher filled them, or never. */
export async function staleStatistics(sql: Sql, catalog: Tables): Promise<string[]> {
  if (!(await samplesRemotely(sql))) return [];
  const empty = await sql<{ name: string }[]>`
    select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${catalog.localSchema} and c.relkind = 'f' and c.reltuples <= 0
      and c.relname = any (${textArray(catalog.tables)}::text[]) order by 1`;
  if (empty.length === 0) return [];
  const filled = empty.map(
    ({ name }) => `exists (select from ${identifier(catalog.localSchema)}.${identifier(name)}) as ${identifier(name)}`,
  );
  const [row] = await sql.unsafe<Record<string, boolean>[]>(`select ${filled.join(", ")}`).catch(unreadable);
  return Object.keys(row ?? {})
    .filter((name) => row?.[name])
    .map((name) => `${name}: the statistics say it is empty, and it holds rows`);
}

// That a table cannot be read is what the probes say.
function unreadable(error: unknown): Record<string, boolean>[] {
  if (!answerOf(error)) throw error;
  return [];
}
