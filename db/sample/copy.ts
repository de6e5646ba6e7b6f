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

/** Sends rows with COPY. Returns how many. */
export async function copyRows(sql: ISql, { table, columns, rows }: Rows): Promise<number> {
  const counter = { rows: 0 };
  const sink = await sql`copy ${sql(table.join("."))} (${sql([...columns])}) from stdin`.writable();
  await pipeline(Readable.from(lines(rows, counter)), sink);
  return counter.rows;
}
