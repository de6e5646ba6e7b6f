import { literal } from "../../../db/connection/literal.ts";
import { identifier } from "../identifier.ts";
import type { TablePlan } from "./plan.ts";
import { INCOMING_SCHEMA, REMOTE_SCHEMA } from "./remote.ts";
import { type HeldSession, nameList, one, transaction } from "./session.ts";

/** How often a table that takes long says so. */
const HEARTBEAT_MS = 10_000;
/** Rows fetched at a time, and the bytes they may have: raw payloads are wide, and one fetch is held in memory. */
const FETCH_ROWS = 10_000;
const FETCH_BYTES = 16_000_000;

/** Tells what happens; `done` stays to be read, `busy` only while it lasts. */
export interface Report {
  done(message: string): void;
  busy(message: string): void;
}

/**
 * Copies each table that is not copied yet into the schema for what is incoming: one transaction each, so that what is
 * done stays done. Answers the rows of every table.
 */
export async function copyTables(
  session: HeldSession,
  options: { tables: readonly TablePlan[]; generation: number; report: Report; signal: AbortSignal },
): Promise<Record<string, number>> {
  const { tables, generation, report, signal } = options;
  const held = await copiedTables(session);
  const rows: Record<string, number> = {};
  for (const [index, table] of tables.entries()) {
    signal.throwIfAborted();
    const place = `${index + 1} of ${tables.length}`;
    const before = held.get(table.name);
    if (before?.selected === selectionOf(table, generation)) {
      rows[table.name] = before.rows;
      report.done(`${table.name}: ${before.rows} rows, copied before the interruption (${place})`);
      continue;
    }
    const began = performance.now();
    const timer = setInterval(() => {
      report.done(`${table.name}: still copying, ${((performance.now() - began) / 1000).toFixed(0)} s (${place})`);
    }, HEARTBEAT_MS);
    report.busy(`${table.name}: copying (${place})`);
    const count = await copyTable(session, table, generation).finally(() => clearInterval(timer));
    rows[table.name] = count;
    report.done(`${table.name}: ${count} rows in ${((performance.now() - began) / 1000).toFixed(1)} s (${place})`);
  }
  return rows;
}

/** Forgets the copies of some tables, so that the next run makes them again. */
export async function forgetCopies(session: HeldSession, names: readonly string[]): Promise<void> {
  await session.send(`delete from ${INCOMING_SCHEMA}.progress where name = any (${nameList(names)})`);
}

// A copy is taken up only where it is of the same columns and the same generation.
function selectionOf({ name, selected }: TablePlan, generation: number): string {
  return `generation ${generation}: select ${selected} from ${name}`;
}

/**
 * What earlier runs completed. The copies are not logged, so a crash of the server empties them: one that holds another
 * number of rows than it had does not count.
 */
async function copiedTables(session: HeldSession): Promise<Map<string, { selected: string; rows: number }>> {
  const found = await session.send(`
    select name, selected, rows::float8 as rows, to_regclass(format('${INCOMING_SCHEMA}.%I', name)) is not null as there
    from ${INCOMING_SCHEMA}.progress`);
  const held = new Map<string, { selected: string; rows: number }>();
  for (const { name, selected, rows, there } of found) {
    if (there && (await countOf(session, INCOMING_SCHEMA, name)) === rows) held.set(name, { selected, rows });
  }
  return held;
}

async function countOf(session: HeldSession, schema: string, name: string): Promise<number> {
  return Number((await one(session, `select count(*) as n from ${schema}.${identifier(name)}`)).n);
}

async function copyTable(session: HeldSession, table: TablePlan, generation: number): Promise<number> {
  const { name, selected } = table;
  const target = `${INCOMING_SCHEMA}.${identifier(name)}`;
  return transaction(session, async () => {
    await session.send(`set local client_min_messages = warning; drop table if exists ${target}`);
    await sizeFetches(session, table);
    await session.send(
      `create unlogged table ${target} as select ${selected} from ${REMOTE_SCHEMA}.${identifier(name)}`,
    );
    const copied = await countOf(session, INCOMING_SCHEMA, name);
    // The wrapper reads in one transaction of the publisher's, which sees one state throughout.
    const published = await countOf(session, REMOTE_SCHEMA, name);
    if (copied !== published) {
      throw new Error(
        `The copy of ${name} has ${copied} rows and the publisher ${published}: rows were lost between the two. Run up again.`,
      );
    }
    await session.send(`
      insert into ${INCOMING_SCHEMA}.progress (name, selected, rows)
      values (${literal(name)}, ${literal(selectionOf(table, generation))}, ${copied})
      on conflict (name) do update set selected = excluded.selected, rows = excluded.rows, copied_at = now()`);
    return copied;
  });
}

async function sizeFetches(session: HeldSession, { name, selected }: TablePlan): Promise<void> {
  const remote = `${REMOTE_SCHEMA}.${identifier(name)}`;
  const { width } = await one(
    session,
    `select coalesce(avg(pg_column_size(t)), 0)::int as width from (select ${selected} from ${remote} limit 20) t`,
  );
  const rows = Math.max(1, Math.min(FETCH_ROWS, Math.floor(FETCH_BYTES / Math.max(Number(width), 1))));
  await session.send(`alter foreign table ${remote} options (set fetch_size '${rows}')`);
}
