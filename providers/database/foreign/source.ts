import type { Sql, TransactionSql } from "postgres";

/** What a foreign catalog is read from, as the functions of the schema `environment` take it. */
export interface Source {
  server: string;
  remoteSchema: string;
  localSchema: string;
  user: string;
  vaultSecret: string;
  roles: string[];
  options: Record<string, string>;
}

/** The part of the inputs that is stored as the setting `catalog_source`. */
export function sourceOf(inputs: Source): Source {
  const { server, remoteSchema, localSchema, user, vaultSecret, roles, options } = inputs;
  return { server, remoteSchema, localSchema, user, vaultSecret, roles, options };
}

/** Functions installed by the migration `0000_environment`. */
const FUNCTIONS = [
  "ensure_catalog_server(jsonb)",
  "ensure_catalog_mappings(jsonb)",
  "open_remote_catalogs(jsonb)",
  "sync_foreign_tables(jsonb,text[],boolean)",
  "grant_catalog(jsonb,text[])",
];

/** What a foreign catalog needs and this database lacks, in words with the way out; undefined where nothing is. */
export async function missingFoundation(sql: Sql | TransactionSql): Promise<string | undefined> {
  const [row] = await sql<{ functions: string[]; vault: boolean; settings: boolean }[]>`
    select to_regclass('vault.decrypted_secrets') is not null as vault,
      to_regclass('environment.settings') is not null as settings,
      (select coalesce(jsonb_agg('environment.' || f), '[]')
       from jsonb_array_elements_text(${JSON.stringify(FUNCTIONS)}::text::jsonb) f
       where to_regprocedure('environment.' || f) is null) as functions`;
  if (row && (row.functions.length > 0 || !row.settings)) {
    const missing = [...(row.settings ? [] : ["environment.settings"]), ...row.functions].join(", ");
    return `${missing} missing: the migration 0000_environment installs them, so run the migrations first`;
  }
  return row?.vault ? undefined : "the Vault is missing: create extension supabase_vault with schema vault cascade";
}

/** A list as a value of type text[], for a connection that has not fetched types. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;
}
