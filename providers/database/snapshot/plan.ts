import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fillIn, literal } from "../../../db/connection/literal.ts";
import { textArray } from "../foreign/source.ts";
import { identifier } from "../identifier.ts";
import { REMOTE_SCHEMA } from "./remote.ts";
import type { HeldSession } from "./session.ts";

const columnsSql = readFileSync(join(import.meta.dirname, "columns.sql"), "utf8");

/** What is copied of one table. */
export interface TablePlan {
  name: string;
  /** Columns both sides have, quoted. */
  columns: string[];
  /** The select list over the publisher's table; a column whose type differs is cast. */
  selected: string;
}

/** What will be copied, in order, and what will not. */
export interface CopyPlan {
  tables: TablePlan[];
  unpublished: string[];
  notes: string[];
}

interface Column {
  table: string;
  column: string;
  local: string | null;
  /** What the local type is made of: an enum is text, a domain what it is over. The publisher's types come so, too. */
  made: string | null;
  remote: string | null;
  required: boolean;
  /** This database computes it. */
  computed: boolean;
}

/** Compares the publisher's tables with those here. @throws for a table that is not here. */
export async function planCopy(
  session: HeldSession,
  options: { localSchema: string; tables: readonly string[] },
): Promise<CopyPlan> {
  const { localSchema } = options;
  const columns = await readColumns(session, options);
  const has = (side: "local" | "remote") => (name: string) =>
    columns.some((column) => column.table === name && column[side] !== null);
  const missing = options.tables.filter((name) => !has("local")(name));
  if (missing.length > 0) {
    throw new Error(
      `The snapshot has no table to fill for ${missing.map((name) => `${localSchema}.${name}`).join(", ")}. ` +
        "Migrations make them: run those that are pending, or take the table out of the catalog's list.",
    );
  }
  const unpublished = options.tables.filter((name) => !has("remote")(name));
  const order = await childrenFirst(session, options);
  const published = order.filter((name) => !unpublished.includes(name));
  const notes = [
    ...unpublished.map((name) => `${name}: the publisher does not have it, so it is left as it is`),
    ...columns.filter(({ table }) => published.includes(table)).flatMap(noteOf),
  ];
  return { tables: published.map((name) => tablePlan(name, columns)), unpublished, notes };
}

function noteOf({ table, column, local, made, remote, required, computed }: Column): string[] {
  if (computed) return [];
  if (local === null) return [`${table}.${column}: only the publisher has it, and it is left out`];
  if (remote !== null) {
    return made === remote ? [] : [`${table}.${column}: ${remote} of the publisher becomes ${local}`];
  }
  if (!required) return [`${table}.${column}: only this database has it, and it gets its default`];
  throw new Error(
    `${table}.${column} is not null and has no default, and the publisher does not have it: its rows cannot be copied. ` +
      "Give the column a default in the migration that adds it; Production's rows will need one, too.",
  );
}

function tablePlan(name: string, columns: readonly Column[]): TablePlan {
  const shared = columns.filter(
    ({ table, local, remote, computed }) => table === name && local !== null && remote !== null && !computed,
  );
  return {
    name,
    columns: shared.map(({ column }) => identifier(column)),
    selected: shared
      .map(({ column, local, remote }) => {
        const cast = local === remote ? "" : `::${local} as ${identifier(column)}`;
        return `${identifier(column)}${cast}`;
      })
      .join(", "),
  };
}

async function readColumns(
  session: HeldSession,
  options: { localSchema: string; tables: readonly string[] },
): Promise<Column[]> {
  const values = { local: options.localSchema, remote: REMOTE_SCHEMA, tables: textArray(options.tables) };
  const rows = await session.send(fillIn(columnsSql, values));
  return rows as unknown as Column[];
}

/**
 * Tables with those that are referenced last: a row the publisher adds during it then has what it refers to. What
 * cannot be ordered keeps its place.
 */
async function childrenFirst(
  session: HeldSession,
  options: { localSchema: string; tables: readonly string[] },
): Promise<string[]> {
  const keys = await session.send(`
    select distinct c.relname as child, p.relname as parent from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_class p on p.oid = k.confrelid
    where k.contype = 'f' and c.oid <> p.oid and c.relnamespace = ${literal(options.localSchema)}::regnamespace`);
  const order: string[] = [];
  const left = [...options.tables].sort();
  while (left.length > 0) {
    const free = left.findIndex((name) => !keys.some(({ child, parent }) => parent === name && left.includes(child)));
    order.push(...left.splice(Math.max(free, 0), 1));
  }
  return order;
}
