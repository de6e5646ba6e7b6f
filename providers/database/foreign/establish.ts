import type { Sql, TransactionSql } from "postgres";
import { identifier } from "../identifier.ts";
import { inWords, type TableDifference } from "./live.ts";
import type { WantedCatalog } from "./observe.ts";
import { withQuietLog } from "./quiet-log.ts";
import { missingFoundation, type Source, sourceOf, textArray } from "./source.ts";

/** Makes or corrects server, mappings, foreign tables and grants in one transaction; answers what it changed, in words. */
export async function establishCatalog(sql: Sql, wanted: WantedCatalog): Promise<string[]> {
  const missing = await missingFoundation(sql);
  if (missing) throw new Error(`Foreign server ${wanted.server} cannot be set up: ${missing}.`);
  const source = JSON.stringify(sourceOf(wanted));
  return sql.begin(async (transaction) => {
    await transaction`
      insert into environment.settings as s (name, value) values ('catalog_source', ${source}::text::jsonb)
      on conflict (name) do update set value = excluded.value, updated_at = now() where s.value <> excluded.value`;
    await transaction`select environment.ensure_catalog_server(${source}::text::jsonb)`;
    await withQuietLog(
      (text) => transaction.unsafe(text),
      () => transaction`select environment.ensure_catalog_mappings(${source}::text::jsonb)`,
    );
    return followPublisher(transaction, wanted);
  });
}

/**
 * Makes the foreign tables what the publisher's are now, drops those that are no longer published, and lets the catalog's
 * roles, and no other, read them; answers what it changed, in words. Server and mappings are there.
 */
export async function followPublisher(
  transaction: TransactionSql,
  wanted: Source & { readonly tables: readonly string[] },
): Promise<string[]> {
  const source = JSON.stringify(sourceOf(wanted));
  const tables = textArray(wanted.tables);
  const [synced] = await transaction<{ changes: TableDifference[] }[]>`
    select environment.sync_foreign_tables(${source}::text::jsonb, ${tables}::text[], false) as changes`;
  const dropped = await dropUnwanted(transaction, wanted);
  const [granted] = await transaction<{ changes: object[] }[]>`
    select environment.grant_catalog(${source}::text::jsonb, ${tables}::text[]) as changes`;
  const grants = granted?.changes.length ?? 0;
  return [
    ...(synced?.changes ?? []).map(inWords),
    ...dropped,
    ...(grants > 0 ? [`${grants} grants put in order`] : []),
  ];
}

// Tables of the server that are no longer published. What depends on one keeps it, and is named by the server.
async function dropUnwanted(
  sql: TransactionSql,
  wanted: Pick<Source, "server" | "localSchema"> & { readonly tables: readonly string[] },
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_catalog.pg_foreign_table f
    join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    join pg_catalog.pg_class c on c.oid = f.ftrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where s.srvname = ${wanted.server} and n.nspname = ${wanted.localSchema}
      and not c.relname = any (${textArray(wanted.tables)}::text[])`;
  for (const { name } of rows) {
    await sql.unsafe(`drop foreign table ${identifier(wanted.localSchema)}.${identifier(name)} restrict`);
  }
  return rows.map(({ name }) => `${name}: dropped, it is no longer published`);
}

/**
 * Drops the foreign tables of the server, its mappings and the server, all or nothing. What depends on a table (a view,
 * a function) refuses it, named by the server's answer.
 */
export async function dropCatalog(sql: Sql, catalog: { server: string }): Promise<void> {
  await sql.begin(async (transaction) => {
    const [found] = await transaction<{ tables: string[]; mapped: string[] }[]>`
      select
        (select coalesce(jsonb_agg(f.ftrelid::regclass::text), '[]') from pg_catalog.pg_foreign_table f where f.ftserver = s.oid) as tables,
        (select coalesce(jsonb_agg(m.usename), '[]') from pg_catalog.pg_user_mappings m where m.srvid = s.oid) as mapped
      from pg_catalog.pg_foreign_server s where s.srvname = ${catalog.server}`;
    if (!found) return;
    if (found.tables.length > 0) await transaction.unsafe(`drop foreign table ${found.tables.join(", ")} restrict`);
    for (const role of found.mapped) {
      const target = role === "public" ? role : identifier(role);
      await transaction.unsafe(`drop user mapping for ${target} server ${identifier(catalog.server)}`);
    }
    await transaction.unsafe(`drop server ${identifier(catalog.server)} restrict`);
  });
}
