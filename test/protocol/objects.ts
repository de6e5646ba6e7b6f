import type { Sql } from "postgres";
import { openHandOff } from "../../environment/open-hand-off.ts";
import type { KindName } from "./program.ts";
import type { World } from "./world.ts";

/** One look at an object with a client that is not the provider: what it is, or undefined where there is none. */
export type Look = (at: { world: World; ref: string; sql: Sql }) => Promise<unknown>;

async function ask({ trial, given }: World, path: string): Promise<unknown> {
  const response = await fetch(`${trial.cloud.endpoint}${path}`, {
    headers: { authorization: `Bearer ${given.token}` },
  });
  return response.ok ? response.json() : undefined;
}

const setting =
  (path: string, pick: (answer: never) => unknown): Look =>
  async ({ world, ref }) =>
    pick((await ask(world, `/v1/projects/${ref}${path}`)) as never);

async function row(sql: Sql, query: string): Promise<unknown> {
  const [found] = await sql.unsafe(query);
  return found && JSON.stringify(found);
}

/** How each kind's object is seen. What an object is must survive; what a setting says must, too. */
export const LOOKS: Record<KindName, Look | string> = {
  Project: async ({ sql, ref }) => (await row(sql, "select array_agg(id) as rows from public.kept")) && ref,
  Branch: setting("/branches", (all: { id: string; is_default: boolean }[]) => all.find((one) => !one.is_default)?.id),
  Apikey: setting(
    "/api-keys",
    (all: { name: string; id: string }[]) => all.find((one) => one.name === "all_kinds")?.id,
  ),
  EdgeFunctionSecrets: setting(
    "/secrets",
    (all: { name: string; value: string }[]) => all.find((one) => one.name === "ALL_KINDS")?.value,
  ),
  ApiSettings: setting("/postgrest", (answer: { max_rows: number }) => answer.max_rows),
  AuthSettings: setting("/config/auth", (answer: { site_url: string }) => answer.site_url),
  NetworkRestrictions: setting("/network-restrictions", (answer: { config: object }) => JSON.stringify(answer.config)),
  PoolerSettings: setting(
    "/config/database/pooler",
    (all: { default_pool_size: number }[]) => all[0]?.default_pool_size,
  ),
  PostgresSettings: setting(
    "/config/database/postgres",
    (answer: { statement_timeout: string }) => answer.statement_timeout,
  ),
  Settings: setting("/config/auth", (answer: { jwt_exp: number }) => answer.jwt_exp),
  SslEnforcement: setting("/ssl-enforcement", (answer: { currentConfig: { database: boolean } }) =>
    String(answer.currentConfig.database),
  ),
  StorageSettings: setting("/config/storage", (answer: { fileSizeLimit: number }) => answer.fileSizeLimit),
  Password: "it exists in the state alone",
  Migrations: ({ sql }) => row(sql, "select count(*) as n from drizzle.__drizzle_migrations having count(*) > 0"),
  VaultSecret: ({ sql }) => row(sql, "select id from vault.secrets where name = 'shop_password'"),
  ReaderRole: ({ sql }) => row(sql, "select oid from pg_roles where rolname = 'all_kinds'"),
  HandOff: ({ world }) =>
    openHandOff({ path: world.given.handOffPath, identity: world.identity }).then(
      ({ port }) => port,
      () => undefined,
    ),
  ForeignCatalog: ({ sql }) =>
    row(
      sql,
      `select s.oid, (select count(*) from pg_foreign_table f where f.ftserver = s.oid) as tables
       from pg_foreign_server s where srvname = 'shop_catalog'`,
    ),
  CatalogSnapshot: ({ sql }) =>
    row(sql, "select value -> 'takenAt' as taken from environment.settings where name = 'catalog_snapshot'"),
};

/** Why an object of a kind cannot be imported, as its provider says it. */
export const IMPORT_REFUSALS: Partial<Record<KindName, string>> = {
  Password: "A Password cannot be imported: it exists in the state only. Create it instead.",
  HandOff: "A HandOff cannot be imported: its content is sealed. Create it instead.",
  Migrations: "Migrations need no import: creating the resource adopts what the ledger holds.",
  ForeignCatalog: "A ForeignCatalog needs no import: creating the resource adopts what is there.",
  CatalogSnapshot: "A CatalogSnapshot needs no import: creating the resource adopts what is there.",
};

/** Kinds that the API knows by a project and an id: an import names both, as `REF/ID`. */
export const IN_PROJECT: readonly KindName[] = ["Branch", "Apikey"];

/** What refresh finds after an import, and why. */
export const IMPORT_LEAVES: Partial<Record<KindName, string>> = {
  ReaderRole:
    "recorded with defaults, as only the program knows its schema, limit and password; up then takes them over",
};
