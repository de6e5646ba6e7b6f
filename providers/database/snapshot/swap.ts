import { literal } from "../../../db/connection/literal.ts";
import { identifier } from "../identifier.ts";
import type { TablePlan } from "./plan.ts";
import type { SnapshotRecord } from "./record.ts";
import { writeRecord } from "./record.ts";
import { closeRemote, INCOMING_SCHEMA } from "./remote.ts";
import { type HeldSession, nameList, transaction } from "./session.ts";

/** What is put in place. */
export interface Swap {
  localSchema: string;
  server: string;
  tables: readonly TablePlan[];
  record: SnapshotRecord;
}

/**
 * Puts the copies in place of the rows there are, all tables at once, and removes whatever led to the publisher. The
 * tables themselves stay, with all that depends on them or belongs to them. Foreign keys are taken off and put back,
 * which checks every row of them.
 */
export async function swapIn(session: HeldSession, swap: Swap): Promise<void> {
  const relations = swap.tables.map(({ name }) => `${identifier(swap.localSchema)}.${identifier(name)}`);
  await transaction(session, async () => {
    await session.send("set local lock_timeout = '30s'; set local search_path = ''");
    if (relations.length > 0) {
      await session.send(`lock table ${relations.join(", ")} in access exclusive mode`);
      const keys = await foreignKeys(session, swap);
      for (const { relation, name } of keys) await session.send(`alter table ${relation} drop constraint ${name}`);
      const triggers = await userTriggers(session, swap);
      for (const { relation } of triggers) await session.send(`alter table ${relation} disable trigger user`);
      const indexes = await plainIndexes(session, swap);
      if (indexes.length > 0) await session.send(`drop index ${indexes.map(({ name }) => name).join(", ")}`);
      await session.send(`truncate ${relations.join(", ")}`);
      for (const table of swap.tables) await fill(session, swap.localSchema, table);
      // Built over all rows at once, an index costs a sort, and not a write at a random place for each row.
      for (const index of indexes) await session.send(index.restore);
      for (const { restore } of triggers) await session.send(restore);
      for (const key of keys) await session.send(key.restore);
    }
    await writeRecord(session, swap.record);
    await closeRemote(session.send, swap.server);
  });
  for (const relation of relations) await session.send(`analyze ${relation}`);
}

async function fill(session: HeldSession, schema: string, { name, columns }: TablePlan): Promise<void> {
  const list = columns.join(", ");
  const relation = `${identifier(schema)}.${identifier(name)}`;
  await session.send(
    `insert into ${relation} (${list}) overriding system value select ${list} from ${INCOMING_SCHEMA}.${identifier(name)}`,
  );
  const sequences = await session.send(`
    select quote_ident(a.attname) as column, pg_get_serial_sequence(${literal(relation)}, a.attname) as sequence
    from pg_catalog.pg_attribute a
    where a.attrelid = ${literal(relation)}::regclass and a.attnum > 0 and not a.attisdropped
      and pg_get_serial_sequence(${literal(relation)}, a.attname) is not null`);
  for (const { column, sequence } of sequences) {
    await session.send(`select pg_catalog.setval(${literal(sequence)}, max(${column})) from ${relation}`);
  }
}

interface ForeignKey {
  relation: string;
  name: string;
  restore: string;
}

// Those of the tables, and those that lead to them from elsewhere, without which no table can be emptied.
async function foreignKeys(session: HeldSession, swap: Swap): Promise<ForeignKey[]> {
  const rows = await session.send(`
    select k.conrelid::regclass::text as relation, quote_ident(k.conname) as name,
      format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
        || coalesce(format('; comment on constraint %I on %s is %L', k.conname, k.conrelid::regclass,
          obj_description(k.oid, 'pg_constraint')), '') as restore
    from pg_catalog.pg_constraint k
    where k.contype = 'f' and k.conparentid = 0 and exists (
      select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.oid in (k.conrelid, k.confrelid) and n.nspname = ${literal(swap.localSchema)}
        and c.relname = any (${nameList(swap.tables.map(({ name }) => name))}))
    order by 1, 2`);
  return rows as unknown as ForeignKey[];
}

// Those that no constraint owns, and that are not marked for anything beyond their definition.
async function plainIndexes(session: HeldSession, swap: Swap): Promise<{ name: string; restore: string }[]> {
  const rows = await session.send(`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid)
      || coalesce(format('; comment on index %s is %L', i.indexrelid::regclass, obj_description(i.indexrelid, 'pg_class')), '') as restore
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_class x on x.oid = i.indexrelid
    where n.nspname = ${literal(swap.localSchema)} and c.relname = any (${nameList(swap.tables.map(({ name }) => name))})
      and c.relkind = 'r' and not c.relispartition and i.indisvalid and not i.indisclustered and not i.indisreplident
      and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f')
      and not exists (select from pg_catalog.pg_attribute a where a.attrelid = x.oid and coalesce(a.attstattarget, -1) <> -1)
    order by 1`);
  return rows as unknown as { name: string; restore: string }[];
}

// A copied row is no event of this database: what stamps, notifies or audits does not run.
async function userTriggers(session: HeldSession, swap: Swap): Promise<{ relation: string; restore: string }[]> {
  const rows = await session.send(`
    select t.tgrelid::regclass::text as relation, format('alter table %s %s trigger %I', t.tgrelid::regclass,
      case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end,
      t.tgname) as restore
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and n.nspname = ${literal(swap.localSchema)}
      and c.relname = any (${nameList(swap.tables.map(({ name }) => name))})
    order by 1, t.tgname`);
  return rows as unknown as { relation: string; restore: string }[];
}
