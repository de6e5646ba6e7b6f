import type { Mutation } from "./mutation.ts";

/** What the Management API owns. */
export const cloud: readonly Mutation[] = [
  {
    name: "the project is renamed in the dashboard",
    on: "preview",
    change: { method: "PATCH", path: "", body: { name: "renamed-by-hand" } },
    finds: [{ layer: "resources", object: "Project main" }],
    back: "up",
  },
  {
    name: "the hook that fills tokens is switched off",
    on: "preview",
    change: { method: "PATCH", path: "/config/auth", body: { hook_custom_access_token_enabled: false } },
    finds: [{ layer: "resources", object: "AuthSettings main" }],
    back: "up",
  },
  {
    name: "the hook that fills tokens is another function",
    on: "prod",
    change: {
      method: "PATCH",
      path: "/config/auth",
      body: { hook_custom_access_token_uri: "pg-functions://postgres/public/another_hook" },
    },
    finds: [{ layer: "resources", object: "AuthSettings main" }],
    back: "up",
  },
  {
    name: "the legacy API keys are switched off",
    on: "preview",
    change: { method: "PUT", path: "/api-keys/legacy?enabled=false" },
    finds: [{ layer: "security", object: "legacy API keys" }],
    back: { method: "PUT", path: "/api-keys/legacy?enabled=true" },
  },
  {
    name: "the API serves another schema",
    on: "preview",
    change: { method: "PATCH", path: "/postgrest", body: { db_schema: "public,catalog" } },
    finds: [{ layer: "resources", object: "ApiSettings alongside" }],
    back: "up",
  },
  {
    name: "the API answers more rows at once",
    on: "prod",
    change: { method: "PATCH", path: "/postgrest", body: { max_rows: 100_000 } },
    finds: [{ layer: "resources", object: "ApiSettings alongside" }],
    back: "up",
  },
  {
    name: "everybody on the network may reach the database",
    on: "preview",
    change: {
      method: "POST",
      path: "/network-restrictions/apply",
      body: { dbAllowedCidrs: ["0.0.0.0/0"], dbAllowedCidrsV6: ["::/0"] },
    },
    finds: [{ layer: "resources", object: "NetworkRestrictions alongside" }],
    back: "up",
  },
  {
    name: "the pooler opens more connections",
    on: "preview",
    change: { method: "PATCH", path: "/config/database/pooler", body: { default_pool_size: 40 } },
    finds: [{ layer: "resources", object: "PoolerSettings alongside" }],
    back: "up",
  },
  {
    name: "larger files may be stored",
    on: "preview",
    change: { method: "PATCH", path: "/config/storage", body: { fileSizeLimit: 50_000_000 } },
    finds: [{ layer: "resources", object: "StorageSettings alongside" }],
    back: "up",
  },
  {
    name: "statements may run for longer",
    on: "preview",
    change: { method: "PUT", path: "/config/database/postgres", body: { statement_timeout: "600s" } },
    finds: [{ layer: "resources", object: "PostgresSettings alongside" }],
    back: "up",
  },
];
