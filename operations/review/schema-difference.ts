import type { Facts } from "../../db/migrate/facts.ts";

const order = [
  "schema",
  "extension",
  "type",
  "relation",
  "column",
  "constraint",
  "index",
  "function",
  "trigger",
  "policy",
  "server",
];

/** What makes one schema of another, as DDL for people to read: one statement an entry, not meant to be run. */
export function schemaDifference(before: Facts, after: Facts): string[] {
  const made = Object.keys(after).filter((name) => !(name in before));
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.keys(after).filter((name) => name in before && before[name] !== after[name]);
  const [isNew, isGone] = [new Set(made), new Set(gone)];
  const isGoneTable = (table: string) => isGone.has(`relation ${table}`);
  const newTables = {
    has: (table: string) => isNew.has(`relation ${table}`),
    columns: columnsByTable(made, after),
  };
  return [
    ...sorted(gone).flatMap((name) => dropped(name, isGoneTable)),
    ...sorted(made).flatMap((name) => created(name, after, newTables)),
    ...sorted(changed).map((name) => altered(name, before[name] ?? "", after[name] ?? "")),
  ];
}

interface NewTables {
  readonly has: (table: string) => boolean;
  /** The columns of each, as they stand in CREATE TABLE. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

function columnsByTable(made: readonly string[], after: Facts): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const name of made) {
    const { kind, table, part } = parts(name);
    if (kind !== "column") continue;
    const columns = tables.get(table) ?? [];
    columns.push(`  ${part} ${tidy(after[name] ?? "")}`);
    tables.set(table, columns);
  }
  return tables;
}

function sorted(names: readonly string[]): string[] {
  const rank = (name: string) => order.indexOf(name.slice(0, name.indexOf(" ")));
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** "column public.trips.id" -> kind "column", table "public.trips", part "id". */
function parts(name: string): { kind: string; full: string; table: string; part: string } {
  const space = name.indexOf(" ");
  const full = name.slice(space + 1);
  const [schema = "", relation = "", ...rest] = full.split(".");
  return { kind: name.slice(0, space), full, table: `${schema}.${relation}`, part: rest.join(".") };
}

const relationWords: Record<string, string> = {
  r: "TABLE",
  p: "TABLE",
  f: "FOREIGN TABLE",
  v: "VIEW",
  m: "MATERIALIZED VIEW",
  S: "SEQUENCE",
  c: "TYPE",
};

function dropped(name: string, isGoneTable: (table: string) => boolean): string[] {
  const { kind, full, table, part } = parts(name);
  if (kind === "relation") return [`DROP TABLE ${full};`];
  if (isGoneTable(table) && kind !== "function") return [];
  if (kind === "column") return [`ALTER TABLE ${table} DROP COLUMN ${part};`];
  if (kind === "constraint") return [`ALTER TABLE ${table} DROP CONSTRAINT ${part};`];
  if (kind === "trigger" || kind === "policy") return [`DROP ${kind.toUpperCase()} ${part} ON ${table};`];
  return [`DROP ${kind.toUpperCase()} ${full};`];
}

function created(name: string, after: Facts, newTables: NewTables): string[] {
  const { kind, full, table, part } = parts(name);
  const definition = after[name] ?? "";
  switch (kind) {
    case "relation": {
      const word = relationWords[definition[0] ?? ""] ?? "TABLE";
      const columns = newTables.columns.get(full) ?? [];
      const security = definition.includes("row-security") ? [`ALTER TABLE ${full} ENABLE ROW LEVEL SECURITY;`] : [];
      return [
        columns.length > 0 ? `CREATE ${word} ${full} (\n${columns.join(",\n")}\n);` : `CREATE ${word} ${full};`,
        ...security,
      ];
    }
    case "column":
      return newTables.has(table) ? [] : [`ALTER TABLE ${table} ADD COLUMN ${part} ${tidy(definition)};`];
    case "constraint":
      return [`ALTER TABLE ${table} ADD CONSTRAINT ${part} ${definition};`];
    case "index":
    case "trigger":
      return [`${definition};`];
    case "policy":
      return [`CREATE POLICY ${part} ON ${table}; -- ${definition}`];
    case "type":
      return [`CREATE TYPE ${full} AS ${definition};`];
    default:
      return [`CREATE ${kind.toUpperCase()} ${full};`];
  }
}

function altered(name: string, before: string, after: string): string {
  const { kind, full, table, part } = parts(name);
  if (kind === "column") return `ALTER TABLE ${table} ALTER COLUMN ${part} ${tidy(after)}; -- was: ${tidy(before)}`;
  if (kind === "function") return `CREATE OR REPLACE FUNCTION ${full};`;
  if (kind === "constraint" || kind === "trigger" || kind === "policy") {
    return `ALTER ${kind.toUpperCase()} ${part} ON ${table}; -- ${after}, was: ${before}`;
  }
  return `ALTER ${kind.toUpperCase()} ${full}; -- ${after}, was: ${before}`;
}

/** The facts end with "default" also where there is none. */
function tidy(column: string): string {
  return column.replace(/\s*default\s*$/, "").replace(/ not null$/, " NOT NULL");
}
