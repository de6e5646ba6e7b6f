import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, TransactionSql } from "postgres";
import { type Source, textArray } from "./source.ts";

const liveSql = readFileSync(join(import.meta.dirname, "live.sql"), "utf8");

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
  const [row] = await sql.unsafe<{ live: LiveCatalog }[]>(liveSql, [
    source.server,
    source.vaultSecret,
    source.localSchema,
    JSON.stringify(source),
  ]);
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
