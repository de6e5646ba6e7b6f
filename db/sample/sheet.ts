import type { Rows, Value } from "./copy.ts";

/** A row by column name. */
type Row = Record<string, Value>;

/** Collects rows per table, in the order the tables are first named. */
export interface Sheet {
  add(table: string, row: Row): void;
  all(schema: string): Rows[];
}

/** A sheet for the named tables; their order is the order they are sent in, so parents come first. */
export function createSheet(tables: readonly string[]): Sheet {
  const held = new Map<string, { columns: string[]; rows: Value[][] }>(
    tables.map((table) => [table, { columns: [], rows: [] }]),
  );
  return {
    add(table, row) {
      const part = held.get(table);
      if (!part) throw new Error(`The sheet has no table ${table}`);
      if (part.rows.length === 0) part.columns = Object.keys(row);
      if (Object.keys(row).join() !== part.columns.join()) throw new Error(`Rows of ${table} differ in their columns`);
      part.rows.push(Object.values(row));
    },
    all: (schema) =>
      [...held].flatMap(([table, { columns, rows }]) =>
        rows.length === 0 ? [] : [{ table: [schema, table] as const, columns, rows }],
      ),
  };
}
