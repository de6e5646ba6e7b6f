import { type Source, sourceOf } from "../foreign/source.ts";
import { identifier, literal } from "../identifier.ts";
import { nameList, one, type Session, transaction } from "./session.ts";

/** Schema of the foreign tables, while a copy is made. Nobody but the owner may use it. */
export const REMOTE_SCHEMA = "catalog_remote";
/** Schema of the copies that are not in place yet, and of the table that says how far they are. */
export const INCOMING_SCHEMA = "catalog_incoming";

/** Makes server, mapping of the connected role, and foreign tables as the publisher has them now. */
export async function openRemote(
  session: Session,
  options: { source: Source; tables: readonly string[]; timeoutSeconds: number },
): Promise<void> {
  const { tables, timeoutSeconds } = options;
  await transaction(session, async () => {
    const { me } = await one(session, "select current_user::text as me");
    const source = { ...sourceOf(options.source), localSchema: REMOTE_SCHEMA, roles: [String(me)] };
    const given = `${literal(JSON.stringify(source))}::jsonb`;
    await session.send(`set local statement_timeout = '${2 * timeoutSeconds}s'`);
    await session.send(`select environment.ensure_catalog_server(${given})`);
    await session.send(`select environment.ensure_catalog_mappings(${given})`);
    await dropForeignTables(session, source.server);
    await session.send(`
      set local client_min_messages = warning;
      create schema if not exists ${REMOTE_SCHEMA};
      create schema if not exists ${INCOMING_SCHEMA};
      revoke all on schema ${REMOTE_SCHEMA}, ${INCOMING_SCHEMA} from public;
      create table if not exists ${INCOMING_SCHEMA}.progress (
        name text primary key, selected text not null, rows bigint not null, copied_at timestamptz not null default now());
      import foreign schema ${identifier(source.remoteSchema)} limit to (${tables.map(identifier).join(", ")})
        from server ${identifier(source.server)} into ${REMOTE_SCHEMA}
        options (import_default 'false', import_generated 'false', import_not_null 'false')`);
    await session.send(`select environment.grant_catalog(${given}, ${nameList(tables)})`);
  });
}

/** Drops everything a copy needs and a finished one does not: nothing that leads to the publisher stays. */
export async function closeRemote(send: Session["send"], server: string): Promise<void> {
  await dropForeignTables({ send }, server);
  await send(
    "set local client_min_messages = warning; " +
      `drop schema if exists ${REMOTE_SCHEMA} restrict; drop schema if exists ${INCOMING_SCHEMA} cascade`,
  );
  const mapped = await send(
    `select usename as role from pg_catalog.pg_user_mappings where srvname = ${literal(server)}`,
  );
  for (const { role } of mapped) {
    const target = role === "public" ? "public" : identifier(String(role));
    await send(`drop user mapping for ${target} server ${identifier(server)}`);
  }
  await send(`drop server if exists ${identifier(server)} restrict`);
}

async function dropForeignTables({ send }: Pick<Session, "send">, server: string): Promise<void> {
  const [row] = await send(`
    select string_agg(f.ftrelid::regclass::text, ', ') as tables
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    where s.srvname = ${literal(server)}`);
  if (row?.tables) await send(`drop foreign table ${row.tables} restrict`);
}

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
  remote: string | null;
  required: boolean;
  /** This database computes it. */
  computed: boolean;
}

/** Compares the publisher's tables with those here. @throws for a table that is not here. */
export async function planCopy(
  session: Session,
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

function noteOf({ table, column, local, remote, required, computed }: Column): string[] {
  if (computed) return [];
  if (local === null) return [`${table}.${column}: only the publisher has it, and it is left out`];
  if (remote !== null) {
    return local === remote ? [] : [`${table}.${column}: ${remote} of the publisher becomes ${local}`];
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
  session: Session,
  options: { localSchema: string; tables: readonly string[] },
): Promise<Column[]> {
  const schemas = { local: literal(options.localSchema), remote: literal(REMOTE_SCHEMA) };
  const rows = await session.send(`
    with columns as (
      select n.nspname as side, c.relname as table, a.attname as column, a.attnum, format_type(a.atttypid, a.atttypmod) as type,
        a.attnotnull and not a.atthasdef and a.attidentity = '' as required, a.attgenerated <> '' as computed
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relname = any (${nameList(options.tables)})
        and ((n.nspname = ${schemas.local} and c.relkind in ('r', 'p')) or (n.nspname = ${schemas.remote} and c.relkind = 'f'))
    )
    select coalesce(l.table, r.table)::text as table, coalesce(l.column, r.column)::text as column,
      l.type as local, r.type as remote, coalesce(l.required, false) as required, coalesce(l.computed, false) as computed
    from (select * from columns where side <> ${schemas.remote}) l
    full join (select * from columns where side = ${schemas.remote}) r on r.table = l.table and r.column = l.column
    order by 1, coalesce(l.attnum, r.attnum), 2`);
  return rows as unknown as Column[];
}

/**
 * Tables with those that are referenced last: a row the publisher adds meanwhile then has what it refers to. What
 * cannot be ordered keeps its place.
 */
async function childrenFirst(
  session: Session,
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
