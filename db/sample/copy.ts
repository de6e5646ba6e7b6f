import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ISql } from "postgres";

/** A value COPY can write; objects become JSON. */
export type Value = string | number | boolean | null | object;

/** Rows for one table, made while they are sent. */
export interface Rows {
  /** Schema and name. */
  readonly table: readonly [schema: string, name: string];
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Value[]>;
}

const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function encode(value: Value): string {
  if (value === null) return "\\N";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

function* lines(rows: Iterable<readonly Value[]>, counter: { rows: number }): Generator<string> {
  let chunk = "";
  for (const row of rows) {
    counter.rows += 1;
    chunk += `${row.map(encode).join("\t")}\n`;
    if (chunk.length > 65_536) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

// A COPY of a few rows waits for delayed acknowledgements; one statement with all of them does not.
const smallBatch = 500;

async function insertRows(sql: ISql, { table, columns }: Rows, rows: readonly (readonly Value[])[]): Promise<void> {
  const records = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
  const [target, names] = [sql(table.join(".")), sql([...columns])];
  await sql`
    insert into ${target} (${names})
    select ${names} from jsonb_populate_recordset(null::${target}, ${JSON.stringify(records)}::text::jsonb)`;
}

function* joined<T>(head: Iterable<T>, tail: Iterator<T>): Generator<T> {
  yield* head;
  for (let next = tail.next(); !next.done; next = tail.next()) yield next.value;
}

/** Sends rows, with COPY where they are many. Returns how many there were. */
export async function copyRows(sql: ISql, part: Rows): Promise<number> {
  const iterator = part.rows[Symbol.iterator]();
  const head: (readonly Value[])[] = [];
  let next = iterator.next();
  for (; !next.done; next = iterator.next()) {
    head.push(next.value);
    if (head.length > smallBatch) break;
  }
  if (next.done) {
    if (head.length > 0) await insertRows(sql, part, head);
    return head.length;
  }
  const counter = { rows: 0 };
  const sink = await sql`copy ${sql(part.table.join("."))} (${sql([...part.columns])}) from stdin`.writable();
  await pipeline(Readable.from(lines(joined(head, iterator), counter)), sink);
  return counter.rows;
}
