import type { Sql } from "postgres";
import type { KindName } from "./program.ts";
import type { World } from "./world.ts";

/** A change that somebody else makes to an object, and the path that the program then leaves to them. */
export interface Outside {
  readonly path: string;
  change(at: { world: World; ref: string; sql: Sql }): Promise<unknown>;
  /** What is in force, as another client sees it. */
  look(at: { world: World; ref: string; sql: Sql }): Promise<unknown>;
}

async function call({ trial, given }: World, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${trial.cloud.endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${given.token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

function setting(given: { path: string; at: string; method?: string; body: object }): Outside {
  const { path, at, method = "PATCH", body } = given;
  return {
    path,
    change: ({ world, ref }) => call(world, method, `/v1/projects/${ref}${at}`, body),
    look: async ({ world, ref }) => {
      const answer = await call(world, "GET", `/v1/projects/${ref}${at}`);
      const [name = ""] = Object.keys(body);
      const one = Array.isArray(answer) ? answer[0] : answer;
      return (one as Record<string, unknown>)[name];
    },
  };
}

async function row(sql: Sql, query: string): Promise<unknown> {
  return (await sql.unsafe(query))[0];
}

type Key = { id: string; name: string; description?: string };

/** What is changed outside, for each kind, or why nothing can be. */
export const OUTSIDE: Record<KindName, Outside | string> = {
  Project: {
    path: "name",
    change: ({ world, ref }) => call(world, "PATCH", `/v1/projects/${ref}`, { name: "named by others" }),
    look: async ({ world, ref }) => ((await call(world, "GET", `/v1/projects/${ref}`)) as { name: string }).name,
  },
  Branch: {
    path: "name",
    async change({ world, ref }) {
      const all = (await call(world, "GET", `/v1/projects/${ref}/branches`)) as { id: string; is_default: boolean }[];
      const id = all.find((one) => !one.is_default)?.id;
      await call(world, "PATCH", `/v1/branches/${id}`, { branch_name: "named-by-others" });
    },
    async look({ world, ref }) {
      const all = (await call(world, "GET", `/v1/projects/${ref}/branches`)) as { name: string; is_default: boolean }[];
      return all.find((one) => !one.is_default)?.name;
    },
  },
  Apikey: {
    path: "description",
    async change({ world, ref }) {
      const keys = (await call(world, "GET", `/v1/projects/${ref}/api-keys`)) as Key[];
      const id = keys.find(({ name }) => name === "all_kinds")?.id;
      await call(world, "PATCH", `/v1/projects/${ref}/api-keys/${id}`, { description: "by others" });
    },
    async look({ world, ref }) {
      const keys = (await call(world, "GET", `/v1/projects/${ref}/api-keys`)) as Key[];
      return keys.find(({ name }) => name === "all_kinds")?.description;
    },
  },
  EdgeFunctionSecrets: {
    path: "secrets",
    change: ({ world, ref }) =>
      call(world, "POST", `/v1/projects/${ref}/secrets`, [{ name: "ALL_KINDS", value: "by others" }]),
    async look({ world, ref }) {
      const all = (await call(world, "GET", `/v1/projects/${ref}/secrets`)) as { name: string; value: string }[];
      return all.find(({ name }) => name === "ALL_KINDS")?.value;
    },
  },
  ApiSettings: setting({ path: "maxRows", at: "/postgrest", body: { max_rows: 7 } }),
  AuthSettings: setting({ path: "siteUrl", at: "/config/auth", body: { site_url: "https://others.example.com" } }),
  NetworkRestrictions: {
    path: "restrictions",
    change: ({ world, ref }) =>
      call(world, "POST", `/v1/projects/${ref}/network-restrictions/apply`, {
        dbAllowedCidrs: ["0.0.0.0/0", "198.51.100.0/24"],
        dbAllowedCidrsV6: ["::/0"],
      }),
    look: async ({ world, ref }) =>
      JSON.stringify(
        ((await call(world, "GET", `/v1/projects/${ref}/network-restrictions`)) as { config: object }).config,
      ),
  },
  PoolerSettings: setting({ path: "defaultPoolSize", at: "/config/database/pooler", body: { default_pool_size: 9 } }),
  PostgresSettings: setting({
    path: "statementTimeout",
    at: "/config/database/postgres",
    method: "PUT",
    body: { statement_timeout: "77s" },
  }),
  Settings: setting({ path: "auth", at: "/config/auth", body: { jwt_exp: 4_000 } }),
  SslEnforcement: "its one property is what all others connect by; StorageSettings is the same kind of code",
  StorageSettings: setting({ path: "fileSizeLimit", at: "/config/storage", body: { fileSizeLimit: 4_242 } }),
  Password: "it exists in the state alone, where nothing else changes it",
  Migrations: {
    path: "settings",
    change: ({ sql }) => sql`update environment.settings set value = '77' where name = 'revision'`,
    look: ({ sql }) => row(sql, "select value from environment.settings where name = 'revision'"),
  },
  VaultSecret: {
    path: "description",
    change: ({ sql }) => sql`
      select vault.update_secret(id, null, null, 'by others') from vault.secrets where name = 'shop_password'`,
    look: ({ sql }) => row(sql, "select description from vault.secrets where name = 'shop_password'"),
  },
  ReaderRole: {
    path: "connectionLimit",
    change: ({ sql }) => sql`alter role all_kinds_a connection limit 77`,
    look: ({ sql }) => row(sql, "select rolconnlimit from pg_roles where rolname = 'all_kinds_a'"),
  },
  HandOff: "its file has no part that others could change: changed at all, it is written again",
  ForeignCatalog: {
    path: "options.fetch_size",
    change: ({ sql }) => sql`alter server shop_catalog options (set fetch_size '77')`,
    look: ({ sql }) => row(sql, "select srvoptions::text from pg_foreign_server where srvname = 'shop_catalog'"),
  },
  CatalogSnapshot: {
    path: "generation",
    change: ({ sql }) => sql`
      update environment.settings set value = jsonb_set(value, '{generation}', '77') where name = 'catalog_snapshot'`,
    look: ({ sql }) => row(sql, "select value from environment.settings where name = 'catalog_snapshot'"),
  },
};
