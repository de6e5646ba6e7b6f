import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core";
import { literal } from "./connection/literal.ts";

const identifier = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/**
 * A column of a foreign table: its name, type and NOT NULL. Defaults, keys and checks belong to the side that writes.
 */
export function foreignColumn(column: PgColumn): string {
  return `${identifier(column.name)} ${column.getSQLType()}${column.notNull ? " not null" : ""}`;
}

/** The statement that defines `table` as a foreign table, through the function the first migration installs. */
export function defineForeignTable(table: PgTable): string {
  const { name, columns } = getTableConfig(table);
  const lines = columns.map((column) => `    ${foreignColumn(column)}`).join(",\n");
  return `  perform environment.define_foreign_table(source, ${literal(name)}, $columns$\n${lines}\n  $columns$);`;
}
