import { sql } from "drizzle-orm";
import { boolean, check, customType, integer, jsonb, pgTable, text, unique, varchar } from "drizzle-orm/pg-core";
import { agencies } from "./agency.schema.ts";
import { id, instant, timestamps } from "./columns.ts";
import { agencyId, policies, refersTo } from "./tenancy.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/**
 * API keys per provider, encrypted with a key the Vault holds. Written by `tenancy.store_api_credential`, read by
 * `tenancy.read_api_credential`, which the owner alone may call; no API role reaches the table.
 */
export const apiCredentials = pgTable(
  "api_credentials",
  {
    id: id(),
    agencyId: agencyId(),
    provider: varchar("provider", { length: 100 }).notNull(),
    name: varchar("name", { length: 100 }).notNull().default("default"),
    ciphertext: bytea("ciphertext").notNull(),
    lastFour: varchar("last_four", { length: 4 }),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "api_credentials_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    unique("api_credentials_key").on(t.agencyId, t.provider, t.name),
    ...policies("api_credentials"),
  ],
).enableRLS();

/** External API runtime configuration: where a provider is called, how often, and whether at all. */
export const apiProviderConfigs = pgTable(
  "api_provider_configs",
  {
    id: id(),
    agencyId: agencyId(),
    provider: varchar("provider", { length: 100 }).notNull(),
    isEnabled: boolean("is_enabled").notNull().default(false),
    baseUrl: text("base_url"),
    rateLimitPerMinute: integer("rate_limit_per_minute"),
    timeoutMs: integer("timeout_ms").notNull().default(10_000),
    settings: jsonb("settings").notNull().default({}),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "api_provider_configs_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    unique("api_provider_configs_key").on(t.agencyId, t.provider),
    check("api_provider_configs_limits_check", sql`${t.rateLimitPerMinute} > 0 and ${t.timeoutMs} > 0`),
    check("api_provider_configs_url_check", sql`${t.baseUrl} ~ '^https://'`),
    ...policies("api_provider_configs"),
  ],
);
