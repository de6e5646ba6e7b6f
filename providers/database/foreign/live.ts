import type { Sql, TransactionSql } from "postgres";
import { type Source, textArray } from "./source.ts";

/** The parts of a foreign catalog that this database itself knows, as they are. */
export interface LiveCatalog {
  options: Record<string, string>;
  /** Roles with a mapping; `public` for one that everybody shares. */
  mapped: string[];
  /** User and password of the mapping of the connected role; the others' cannot be read. */
  ownMapping: { user: string | null; passwordMatches: boolean } | null;
  /** Foreign tables of the server, in the local schema. */
  tables: string[];
  /** Roles that may use the server, and could thereby read the password of their mapping. */
  serverUsers: string[];
  vaultSecretExists: boolean;
  /** The setting `catalog_source`, which later migrations go by, is this source. */
  settingMatches: boolean;
}

/** Reads them in one round trip; undefined where there is no such server. The password is compared in the database. */
export async function readCatalog(sql: Sql | TransactionSql, source: Source): Promise<LiveCatalog | undefined> {
  const [row] = await sql<{ live: LiveCatalog }[]>`
    with the_server as (
      select s.* from pg_catalog.pg_foreign_server s where s.srvname = ${source.server}
    ), own as (
      select max(o.option_value) filter (where o.option_name = 'user') as name,
        coalesce(max(o.option_value) filter (where o.option_name = 'password')
          = (select v.decrypted_secret from vault.decrypted_secrets v where v.name = ${source.vaultSecret}), false) as matches
      from pg_catalog.pg_user_mappings m cross join lateral pg_options_to_table(m.umoptions) o
      where m.srvname = ${source.server} and m.usename = current_user
    )
    select jsonb_build_object(
      'options', (select coalesce(jsonb_object_agg(o.option_name, o.option_value), '{}') from pg_options_to_table(s.srvoptions) o),
      'mapped', (
        select coalesce(jsonb_agg(m.usename order by m.usename), '[]')
        from pg_catalog.pg_user_mappings m where m.srvid = s.oid),
      'ownMapping', (select jsonb_build_object('user', own.name, 'passwordMatches', own.matches) from own where own.name is not null),
      'tables', (
        select coalesce(jsonb_agg(c.relname order by c.relname), '[]')
        from pg_catalog.pg_foreign_table f join pg_catalog.pg_class c on c.oid = f.ftrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where f.ftserver = s.oid and n.nspname = ${source.localSchema}),
      'serverUsers', (
        select coalesce(jsonb_agg(distinct case e.grantee when 0 then 'public' else pg_get_userbyid(e.grantee)::text end), '[]')
        from aclexplode(s.srvacl) e where e.grantee <> s.srvowner),
      'vaultSecretExists', exists (select from vault.decrypted_secrets v where v.name = ${source.vaultSecret}),
      'settingMatches', exists (
        select from environment.settings x
        where x.name = 'catalog_source' and x.value = ${JSON.stringify(source)}::text::jsonb)
    ) as live
    from the_server s`;
  return row?.live;
}

/** One change `environment.grant_catalog` would make. */
interface GrantChange {
  change: string;
  privilege: string;
  on: string;
  role: string;
}

/** Grants that are missing or too many, in words. Finds out by making them in a transaction that is rolled back. */
export async function grantDifferences(sql: Sql, source: Source, tables: string[]): Promise<string[]> {
  const changes = await rolledBack(sql, async (transaction) => {
    const [row] = await transaction<{ changes: GrantChange[] }[]>`
      select environment.grant_catalog(${JSON.stringify(source)}::text::jsonb, ${textArray(tables)}::text[]) as changes`;
    return row?.changes ?? [];
  });
  return changes.map(({ change, privilege, on, role }) =>
    change === "grant" ? `${role} lacks ${privilege} on ${on}` : `${role} has ${privilege} on ${on}`,
  );
}

/** One difference `environment.sync_foreign_tables` reports. */
export interface TableDifference {
  table: string;
  column?: string;
  change: string;
  remote?: string;
  local?: string;
}

/** How the foreign tables differ from the publisher's, in words. Contacts the publisher; changes nothing. */
export async function tableDifferences(sql: Sql, source: Source, tables: string[]): Promise<string[]> {
  const [row] = await sql<{ differences: TableDifference[] }[]>`
    select environment.sync_foreign_tables(${JSON.stringify(source)}::text::jsonb, ${textArray(tables)}::text[], true) as differences`;
  return (row?.differences ?? []).map(inWords);
}

/** One difference as a person reads it. */
export function inWords({ table, column, change, remote, local }: TableDifference): string {
  const values = [local && `here ${local}`, remote && `published ${remote}`].filter(Boolean).join(", ");
  return `${table}${column ? `.${column}` : ""}: ${change}${values ? ` (${values})` : ""}`;
}

/** Runs `work` in a transaction, and undoes what it did. */
export async function rolledBack<Result>(sql: Sql, work: (sql: TransactionSql) => Promise<Result>): Promise<Result> {
  const undo = new Error("rolled back on purpose");
  let result: { value: Result } | undefined;
  try {
    await sql.begin(async (transaction) => {
      result = { value: await work(transaction) };
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  if (!result) throw undo;
  return result.value;
}
