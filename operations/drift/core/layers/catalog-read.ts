import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";

const columnsSql = readFileSync(join(import.meta.dirname, "catalog-columns.sql"), "utf8");

/** Columns by table: type and NOT NULL, in words. */
export type Columns = Map<string, Map<string, string>>;

/** A table with more rows than this, as the statistics have it, is not counted. */
const COUNTED_ROWS = 100_000;

/**
 * Columns of a schema's tables, with the types they have in a subscriber's database; or, where a server is named, of its
 * foreign tables as they are. The types follow `environment.travelled_type` of the migration `0000_environment`.
 */
export async function readColumns(sql: Sql, from: { schema: string; server?: string }): Promise<Columns> {
  const server = from.server ?? null;
  const rows = await sql.unsafe<{ table: string; column: string; type: string }[]>(columnsSql, [
    server,
    `${from.schema}.`,
    from.schema,
  ]);
  const columns: Columns = new Map();
  for (const { table, column, type } of rows) {
    const held = columns.get(table) ?? new Map<string, string>();
    columns.set(table, held.set(column, type));
  }
  return columns;
}

/** What each foreign table of a schema reads, as `server: schema.table`. */
export type Places = ReadonlyMap<string, string>;

export async function readForeignTables(sql: Sql, schema: string): Promise<Places> {
  const rows = await sql<{ name: string; place: string }[]>`
    select c.relname as name, format('%s: %s.%s', s.srvname,
      coalesce((select o.option_value from pg_options_to_table(f.ftoptions) o where o.option_name = 'schema_name'), n.nspname),
      coalesce((select o.option_value from pg_options_to_table(f.ftoptions) o where o.option_name = 'table_name'), c.relname)) as place
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    join pg_catalog.pg_class c on c.oid = f.ftrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema}`;
  return new Map(rows.map(({ name, place }) => [name, place]));
}

/** Those of the roles that are to read which have a mapping; that one is missing is what the resource reports. */
export async function readMapped(sql: Sql, { server, roles }: { server: string; roles: readonly string[] }) {
  const rows = await sql<{ role: string }[]>`
    select m.usename as role from pg_catalog.pg_user_mappings m where m.srvname = ${server}`;
  return roles.filter((role) => rows.some((row) => row.role === role));
}

/** Rows of each table that is there, may be read and is not too large to count. */
export async function readCounts(
  sql: Sql,
  from: { schema: string; tables: readonly string[] },
): Promise<Record<string, number>> {
  const present = await sql<{ name: string }[]>`
    select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${from.schema} and c.relname = any (${`{${from.tables.map((name) => `"${name}"`).join(",")}}`}::text[])
      and c.reltuples <= ${COUNTED_ROWS} and has_table_privilege(c.oid, 'SELECT')
    order by 1`;
  const counts: Record<string, number> = {};
  for (const { name } of present) {
    const answer = await sql`select count(*)::int as rows from ${sql(`${from.schema}.${name}`)}`.catch(() => []);
    // A table that cannot be read is what the probes report.
    if (answer[0]) counts[name] = answer[0].rows;
  }
  return counts;
}
