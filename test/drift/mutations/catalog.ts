import type { Mutation } from "./mutation.ts";

const foreignCatalog = { layer: "resources", object: "ForeignCatalog main" } as const;
const vaultSecret = { layer: "resources", object: "VaultSecret main-reader" } as const;

/** The subscriber's side of the catalog: Vault, foreign server, mappings, foreign tables. */
export const catalog: readonly Mutation[] = [
  {
    name: "the Vault holds another password",
    on: "preview",
    change: {
      sql: "select vault.update_secret(id, 'another password') from vault.secrets where name = 'fdw_password'",
    },
    finds: [vaultSecret],
    back: "up",
    alone: true,
  },
  {
    name: "the Vault's secret is deleted",
    on: "preview",
    change: { sql: "delete from vault.secrets where name = 'fdw_password'" },
    finds: [vaultSecret],
    back: "up",
    alone: true,
  },
  {
    name: "the Vault's secret is described otherwise",
    on: "preview",
    change: {
      sql: "select vault.update_secret(id, null, null, 'what is this?') from vault.secrets where name = 'fdw_password'",
    },
    finds: [vaultSecret],
    back: "up",
    alone: true,
  },
  ...["postgres", "authenticated", "service_role"].map(
    (role): Mutation => ({
      name: `the mapping of ${role} is dropped`,
      on: "preview",
      change: { sql: `drop user mapping for ${role} server prod_catalog` },
      finds: [foreignCatalog],
      back: "up",
      alone: true,
    }),
  ),
  {
    name: "anon gets a mapping",
    on: "preview",
    change: { sql: "create user mapping for anon server prod_catalog options (user 'x', password 'y')" },
    finds: [foreignCatalog],
    back: "up",
    alone: true,
  },
  {
    name: "everybody shares a mapping",
    on: "preview",
    change: { sql: "create user mapping for public server prod_catalog options (user 'x', password 'y')" },
    finds: [foreignCatalog],
    back: "up",
    alone: true,
  },
  {
    name: "the mapping of postgres holds another password",
    on: "preview",
    change: { sql: "alter user mapping for postgres server prod_catalog options (set password 'wrong')" },
    finds: [foreignCatalog],
    back: "up",
    alone: true,
  },
  {
    name: "the mapping of authenticated holds another password",
    on: "preview",
    change: { sql: "alter user mapping for authenticated server prod_catalog options (set password 'wrong')" },
    finds: [{ layer: "catalog", object: "catalog as authenticated" }],
    back: "up",
    alone: true,
  },
  {
    name: "the mapping of service_role names another user",
    on: "preview",
    change: { sql: "alter user mapping for service_role server prod_catalog options (set user 'stranger')" },
    finds: [{ layer: "catalog", object: "catalog as service_role" }],
    back: "up",
    alone: true,
  },
  {
    name: "authenticated may use the server",
    on: "preview",
    change: { sql: "grant usage on foreign server prod_catalog to authenticated" },
    finds: [foreignCatalog],
    back: "up",
    alone: true,
  },
  ...(
    [
      ["fetches fewer rows at a time", "set fetch_size '10'"],
      ["waits for longer", "set tcp_user_timeout '600000'"],
      ["allows writing", "set updatable 'true'"],
      ["lost an option", "drop keepalives"],
      ["got an option", "add async_capable 'true'"],
      ["points at a port without a server", "set port '1'"],
      ["points at another database", "set dbname 'template1'"],
    ] as const
  ).map(
    ([what, options]): Mutation => ({
      name: `the foreign server ${what}`,
      on: "preview",
      change: { sql: `alter server prod_catalog options (${options})` },
      finds: [foreignCatalog],
      back: "up",
      alone: true,
    }),
  ),
  {
    name: "the foreign server is renamed",
    on: "preview",
    change: { sql: "alter server prod_catalog rename to old_catalog" },
    finds: [foreignCatalog, { layer: "schema", object: "server old_catalog" }],
    back: { sql: "alter server old_catalog rename to prod_catalog" },
    alone: true,
  },
  {
    name: "the foreign server is dropped with all its tables",
    on: "preview",
    change: { sql: "drop server prod_catalog cascade" },
    finds: [foreignCatalog],
    back: "up",
    alone: true,
  },
  {
    name: "the setting of the catalog's source is edited",
    on: "preview",
    change: {
      sql: "update environment.settings set value = jsonb_set(value, '{user}', '\"somebody\"') where name = 'catalog_source'",
    },
    finds: [{ layer: "resources", object: "Migrations main" }],
    back: "up",
    alone: true,
  },
  {
    name: "a foreign table is dropped",
    on: "preview",
    change: { sql: "drop foreign table catalog.cruise_ports" },
    finds: [{ layer: "catalog", object: "foreign table catalog.cruise_ports" }],
    back: "up",
  },
  {
    name: "a column of a foreign table is dropped",
    on: "preview",
    change: { sql: "alter foreign table catalog.cruise_regions drop column created_at" },
    finds: [{ layer: "catalog", object: "column catalog.cruise_regions.created_at" }],
    back: "up",
  },
  {
    name: "a column of a foreign table has another type",
    on: "preview",
    change: { sql: "alter foreign table catalog.cruise_lines alter column name type text" },
    finds: [{ layer: "catalog", object: "column catalog.cruise_lines.name" }],
    back: "up",
  },
  {
    name: "a column of a foreign table may be null",
    on: "preview",
    change: { sql: "alter foreign table catalog.cruise_ships alter column name drop not null" },
    finds: [{ layer: "catalog", object: "column catalog.cruise_ships.name" }],
    back: "up",
  },
  {
    name: "a foreign table reads another table",
    on: "preview",
    change: { sql: "alter foreign table catalog.cruise_sync_raw options (set table_name 'cruise_sync_history')" },
    finds: [{ layer: "catalog", object: "foreign table catalog.cruise_sync_raw" }],
    back: "up",
  },
  {
    name: "two columns of a foreign table are swapped",
    on: "preview",
    change: {
      sql: `alter foreign table catalog.cruise_ship_decks alter column created_at options (column_name 'updated_at');
        alter foreign table catalog.cruise_ship_decks alter column updated_at options (column_name 'created_at')`,
    },
    finds: [
      { layer: "catalog", object: "column catalog.cruise_ship_decks.created_at" },
      { layer: "catalog", object: "column catalog.cruise_ship_decks.updated_at" },
    ],
    back: "up",
  },
  {
    name: "a column of a foreign table sorts otherwise",
    on: "preview",
    change: { sql: `alter foreign table catalog.cruise_cabin_images alter column url type text collate "C"` },
    finds: [{ layer: "catalog", object: "column catalog.cruise_cabin_images.url" }],
    back: "up",
    alone: true,
  },
  ...(
    [
      ["may be written to", "add updatable 'true'"],
      ["asks the publisher for estimates", "add use_remote_estimate 'true'"],
      ["fetches one row at a time", "add fetch_size '1'"],
    ] as const
  ).map(
    ([what, options]): Mutation => ({
      name: `a foreign table ${what}`,
      on: "preview",
      change: { sql: `alter foreign table catalog.cruise_ship_images options (${options})` },
      finds: [{ layer: "schema", object: "foreign table catalog.cruise_ship_images" }],
      back: { sql: `alter foreign table catalog.cruise_ship_images options (drop ${options.split(" ")[1]})` },
      alone: true,
    }),
  ),
  {
    name: "a foreign table and its server belong to another role",
    on: "preview",
    change: {
      sql: "alter foreign table catalog.cruise_regions owner to authenticator; alter server prod_catalog owner to supabase_admin",
      platform: true,
    },
    finds: [
      { layer: "schema", object: "foreign table catalog.cruise_regions" },
      { layer: "schema", object: "server prod_catalog" },
    ],
    back: {
      sql: "alter foreign table catalog.cruise_regions owner to postgres; alter server prod_catalog owner to postgres",
      platform: true,
    },
    alone: true,
  },
  {
    name: "a column of a foreign table gets a default, and another change is there",
    on: "preview",
    change: {
      sql: `alter foreign table catalog.cruise_ports alter column name set default 'x';
        alter foreign table catalog.cruise_ports alter column created_at drop not null`,
    },
    finds: [
      { layer: "schema", object: "default catalog.cruise_ports.name" },
      { layer: "catalog", object: "column catalog.cruise_ports.created_at" },
    ],
    back: {
      sql: `alter foreign table catalog.cruise_ports alter column name drop default;
        alter foreign table catalog.cruise_ports alter column created_at set not null`,
    },
  },
  {
    name: "a foreign table gets a trigger",
    on: "preview",
    change: {
      sql: "create trigger by_hand before insert on catalog.cruise_sailings for each row execute function tenancy.touch()",
    },
    finds: [{ layer: "schema", object: "trigger catalog.cruise_sailings.by_hand" }],
    back: { sql: "drop trigger by_hand on catalog.cruise_sailings" },
  },
  {
    name: "a foreign table that are not declared",
    on: "preview",
    change: {
      sql: "create foreign table catalog.by_hand (id uuid) server prod_catalog options (schema_name 'catalog', table_name 'cruise_lines')",
    },
    finds: [{ layer: "catalog", object: "foreign table catalog.by_hand" }],
    back: { sql: "drop foreign table catalog.by_hand" },
  },
  {
    name: "a foreign table in the schema that the API serves",
    on: "preview",
    change: {
      sql: "create foreign table public.leak (id uuid) server prod_catalog options (schema_name 'catalog', table_name 'cruise_lines')",
    },
    finds: [{ layer: "schema", object: "foreign table public.leak" }],
    back: "repair",
  },
  {
    name: "authenticated may no longer read a foreign table",
    on: "preview",
    change: { sql: "revoke select on catalog.cruise_ship_decks from authenticated" },
    finds: [{ layer: "schema", object: "grant to authenticated on foreign table catalog.cruise_ship_decks" }],
    back: "repair",
  },
  {
    name: "anon may read a foreign table",
    on: "preview",
    change: { sql: "grant select on catalog.cruise_ship_images to anon" },
    finds: [{ layer: "schema", object: "grant to anon on foreign table catalog.cruise_ship_images" }],
    back: "repair",
  },
];
