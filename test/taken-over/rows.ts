import type { Sql } from "postgres";

/** The rows of one table as text, in order. */
export interface Table {
  /** As SQL lists them. */
  readonly columns: string;
  readonly rows: readonly string[];
}

/** Tables of a kind (`r`: its own, `f`: foreign) with their rows, those of the system aside, by qualified name. */
export async function readTables(sql: Sql, kind: "r" | "f"): Promise<Map<string, Table>> {
  const found = await sql<{ name: string; columns: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = ${kind} and n.nspname !~ '^(pg_|information_schema)' group by 1 order by 1`;
  return readAgain(sql, new Map(found.map(({ name, columns }) => [name, { columns }])));
}

/** The same columns of the same tables, as they are now. */
export async function readAgain(
  sql: Sql,
  tables: ReadonlyMap<string, Pick<Table, "columns">>,
): Promise<Map<string, Table>> {
  const read = new Map<string, Table>();
  for (const [name, { columns }] of tables) {
    const rows = await sql.unsafe(`select row(${columns})::text as text from ${name} order by 1`);
    read.set(name, { columns, rows: rows.map(({ text }) => String(text)) });
  }
  return read;
}
