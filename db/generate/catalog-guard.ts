import { getTableConfig } from "drizzle-orm/pg-core";
import { defineForeignTable, foreignColumn } from "../foreign-ddl.ts";
import { catalogTables } from "../schema/catalog-tables.ts";

/** What a generated migration becomes: unchanged, guarded, or refused with the reasons. */
export type Guarded =
  | { readonly kind: "unchanged" }
  | { readonly kind: "guarded"; readonly text: string }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** What a statement on the catalog is where the catalog is foreign: other statements, none, or not possible. */
type Foreign = { readonly statements: readonly string[] } | { readonly refused: string };

const breakpoint = "--> statement-breakpoint";
const nothing: Foreign = { statements: [] };
const name = '"(?<column>[^"]+)"';
const table = 'ALTER TABLE "catalog"\\."(?<table>[^"]+)"';
const quoted = (text: string | undefined) => `"${text}"`;

/** Each form drizzle-kit writes, and what it comes to on a foreign table. Prod may be ahead: what is done already is skipped. */
const forms: readonly { readonly pattern: RegExp; readonly foreign: (part: Record<string, string>) => Foreign }[] = [
  { pattern: /^CREATE TABLE (IF NOT EXISTS )?"catalog"\."(?<table>[^"]+)"/s, foreign: (part) => newTable(part.table) },
  {
    pattern: /^ALTER TABLE "(?!catalog")[^"]+".* REFERENCES "catalog"\."(?<table>[^"]+)"/s,
    foreign: (part) => ({
      refused: `a key leads from public to catalog.${part.table}, which may be another database's`,
    }),
  },
  {
    pattern: /^CREATE TYPE "catalog"/,
    foreign: () => ({ refused: "an enum does not survive becoming foreign: use text with a check" }),
  },
  { pattern: /^(CREATE|DROP) (UNIQUE )?INDEX/, foreign: () => nothing },
  {
    pattern: /^DROP TABLE "catalog"\."(?<table>[^"]+)"/,
    foreign: (part) => sql(`drop foreign table if exists "catalog".${quoted(part.table)}`),
  },
  { pattern: new RegExp(`^${table} (ADD|DROP|RENAME) CONSTRAINT`, "s"), foreign: () => nothing },
  { pattern: new RegExp(`^${table} (ENABLE|DISABLE) ROW LEVEL SECURITY`), foreign: () => nothing },
  { pattern: /^(CREATE|DROP|ALTER) POLICY/, foreign: () => nothing },
  { pattern: new RegExp(`^${table} ALTER COLUMN ${name} (SET|DROP) DEFAULT`), foreign: () => nothing },
  {
    pattern: new RegExp(`^${table} ADD COLUMN ${name}`),
    foreign: (part) => newColumn(part.table, part.column),
  },
  {
    pattern: new RegExp(`^${table} DROP COLUMN (IF EXISTS )?${name}`),
    foreign: (part) => alter(part.table, `drop column if exists ${quoted(part.column)}`),
  },
  {
    pattern: new RegExp(`^${table} ALTER COLUMN ${name} SET DATA TYPE (?<type>.+?)( USING .*)?;?$`, "s"),
    foreign: (part) => alter(part.table, `alter column ${quoted(part.column)} set data type ${part.type}`),
  },
  {
    pattern: new RegExp(`^${table} ALTER COLUMN ${name} (?<verb>SET|DROP) NOT NULL`),
    foreign: (part) => alter(part.table, `alter column ${quoted(part.column)} ${part.verb?.toLowerCase()} not null`),
  },
  {
    pattern: new RegExp(`^${table} RENAME COLUMN ${name} TO "(?<to>[^"]+)"`),
    foreign: (part) => renamed(part.table, part.column, part.to),
  },
  {
    pattern: new RegExp(`^${table} RENAME TO "(?<to>[^"]+)"`),
    foreign: ({ table: from, to }) =>
      sql(
        `alter foreign table "catalog".${quoted(from)} rename to ${quoted(to)}`,
        `alter foreign table "catalog".${quoted(to)} options (set table_name '${to}')`,
      ),
  },
];

const sql = (...statements: string[]): Foreign => ({ statements: statements.map((statement) => `${statement};`) });
const alter = (target: string | undefined, clause: string) =>
  sql(`alter foreign table "catalog".${quoted(target)} ${clause}`);

function findTable(wanted: string | undefined) {
  return catalogTables.find((candidate) => getTableConfig(candidate).name === wanted);
}

function newTable(wanted: string | undefined): Foreign {
  const found = findTable(wanted);
  if (!found) return { refused: `table ${wanted} is not in db/schema` };
  return sql(
    defineForeignTable(found).replace(/;$/, "").replace("(source,", "(environment.catalog_source(),").trim(),
    `perform environment.grant_catalog(environment.catalog_source(), array['${wanted}'])`,
  );
}

function newColumn(target: string | undefined, wanted: string | undefined): Foreign {
  const found = findTable(target);
  const column = found && getTableConfig(found).columns.find((candidate) => candidate.name === wanted);
  if (!column) return { refused: `column ${target}.${wanted} is not in db/schema` };
  return alter(target, `add column if not exists ${foreignColumn(column)}`);
}

function renamed(target: string | undefined, from: string | undefined, to: string | undefined): Foreign {
  const held = `select from pg_catalog.pg_attribute where attrelid = 'catalog.${target}'::regclass and attname = '${from}'`;
  return sql(
    `if exists (${held} and not attisdropped) then alter foreign table "catalog".${quoted(target)} rename column ${quoted(from)} to ${quoted(to)}; end if`,
  );
}

/**
 * Makes a migration drizzle-kit wrote fit both modes of the catalog. One that does not touch it stays as it is; one that
 * touches it alone applies its column changes to the foreign tables and skips indexes, keys and policies there; one that
 * mixes the two, or cannot be done on foreign tables, is refused.
 */
export function guardMigration(migration: string): Guarded {
  const statements = migration
    .split(breakpoint)
    .map((statement) => statement.trim())
    .filter(Boolean);
  const touching = statements.filter((statement) => statement.includes('"catalog"'));
  if (touching.length === 0) return { kind: "unchanged" };
  const reasons: string[] = [];
  if (touching.length < statements.length) {
    const other = statements.find((statement) => !touching.includes(statement)) ?? "";
    reasons.push(
      `it changes the catalog and something else at once (${firstLine(other)}): generate them one after the other`,
    );
  }
  const foreign = touching.map(translate);
  reasons.push(...foreign.flatMap((part) => ("refused" in part ? [part.refused] : [])));
  if (reasons.length > 0) return { kind: "refused", reasons: [...new Set(reasons)] };
  return {
    kind: "guarded",
    text: render(
      touching,
      foreign.flatMap((part) => ("statements" in part ? part.statements : [])),
    ),
  };
}

function translate(statement: string): Foreign {
  for (const { pattern, foreign } of forms) {
    const match = pattern.exec(statement);
    if (match) return foreign({ ...match.groups });
  }
  return { refused: `what it means for a foreign table is not known: ${firstLine(statement)}` };
}

const firstLine = (statement: string) => statement.split("\n", 1)[0]?.slice(0, 120) ?? "";
const indent = (text: string) => text.replaceAll(/^(?=.)/gm, "    ");

function render(local: readonly string[], foreign: readonly string[]): string {
  const ended = local.map((statement) => (statement.endsWith(";") ? statement : `${statement};`));
  return `-- A change of the catalog. Where it is foreign, columns follow and indexes, keys and data do not apply.
do $migration$
begin
  if environment.catalog_mode() = 'foreign' then
${indent(foreign.length > 0 ? foreign.join("\n") : "return;")}
  else
${indent(ended.join("\n"))}
  end if;
end
$migration$;
`;
}
