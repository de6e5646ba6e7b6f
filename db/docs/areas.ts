import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { catalogPurposes } from "../schema/catalog-purposes.ts";
import { catalogTables } from "../schema/catalog-tables.ts";
import { type TableDecision, tableDecisions } from "../schema/decisions.ts";
import { publicTables } from "../schema/public-tables.ts";

/** A column as the picture shows it. */
interface DocumentedColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly primary: boolean;
  readonly foreign: boolean;
}

/** A table as the documents show it. */
export interface DocumentedTable {
  readonly name: string;
  readonly purpose: string;
  readonly decision?: TableDecision;
  readonly columns: readonly DocumentedColumn[];
  /** Names of the tables it refers to, itself and `agencies` aside. */
  readonly parents: readonly string[];
}

/** Tables that belong together. */
export interface DocumentedArea {
  readonly name: string;
  readonly tables: readonly DocumentedTable[];
}

function documentTable(table: PgTable): DocumentedTable {
  const { name, columns, foreignKeys, primaryKeys } = getTableConfig(table);
  const references = foreignKeys.map((key) => key.reference());
  const keyed = new Set(references.flatMap(({ columns: from }) => from.map((column) => column.name)));
  const primary = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
  const parents = references.map(({ foreignTable }) => getTableConfig(foreignTable).name);
  const decision = tableDecisions[name];
  return {
    name,
    purpose: decision?.purpose ?? catalogPurposes[name] ?? "",
    ...(decision ? { decision } : {}),
    columns: columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().replace("timestamp with time zone", "timestamptz"),
      notNull: column.notNull,
      primary: column.primary || primary.has(column.name),
      foreign: keyed.has(column.name) && column.name !== "agency_id",
    })),
    parents: [...new Set(parents)].filter(
      (parent) => parent !== name && (parent !== "agencies" || name === "user_profiles"),
    ),
  };
}

/** Every area with its tables, `catalog` last. */
export function documentedAreas(): DocumentedArea[] {
  const tables = publicTables.map(documentTable);
  const names = [...new Set(Object.values(tableDecisions).map(({ area }) => area))];
  return [
    ...names.map((name) => ({ name, tables: tables.filter(({ decision }) => decision?.area === name) })),
    { name: "catalog", tables: catalogTables.map(documentTable) },
  ];
}
