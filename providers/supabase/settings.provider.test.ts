import { settingsLife } from "../../test/supabase/settings-life.ts";
import { settingsKind } from "./settings.provider.ts";

const json = (value: object) => JSON.stringify(value);

settingsLife({
  kind: settingsKind,
  path: "/config/auth",
  first: { auth: json({ site_url: "https://one.example.com" }) },
  steps: [
    {
      program: {
        auth: json({ site_url: "https://two.example.com", smtp_pass: "hush-1" }),
        api: json({ max_rows: 77 }),
      },
      differs: ["api", "auth", "auth"],
      seen: { site_url: "https://two.example.com", max_rows: 77, statement_timeout: undefined, enforced: false },
    },
    {
      program: { database: json({ statement_timeout: "20s" }), network: json({ restrictions: ["127.0.0.0/8"] }) },
      differs: ["database", "network"],
      seen: { max_rows: 77, statement_timeout: "20s", restrictions: ["127.0.0.0/8"], enforced: false },
    },
    {
      program: { pooler: json({ default_pool_size: 9 }), storage: json({ fileSizeLimit: 3_000_000 }) },
      differs: ["pooler", "storage"],
      seen: { restrictions: ["127.0.0.0/8"], poolSize: 9, fileSizeLimit: 3_000_000 },
    },
    {
      program: { auth: json({ site_url: "https://two.example.com" }), sslEnforcement: true },
      differs: ["auth", "sslEnforcement"],
      seen: { site_url: "https://two.example.com", max_rows: 77, statement_timeout: "20s", enforced: true },
    },
  ],
  async see({ client }, ref) {
    const { site_url } = (await client.getAuthServiceConfig(ref)).data;
    const { max_rows } = (await client.getPostgrestServiceConfig(ref)).data;
    const { statement_timeout } = (await client.getPostgresConfig(ref)).data;
    const { database: enforced } = (await client.getSslEnforcementConfig(ref)).data.currentConfig;
    const { dbAllowedCidrs: restrictions } = (await client.getNetworkRestrictions(ref)).data.config;
    const [pooler] = (await client.getPoolerConfig(ref)).data;
    const { fileSizeLimit } = (await client.getStorageConfig(ref)).data;
    const poolSize = pooler?.default_pool_size;
    return { site_url, max_rows, statement_timeout, enforced, restrictions, poolSize, fileSizeLimit };
  },
  async meddle({ client }, ref) {
    await client.updateAuthServiceConfig(ref, { site_url: "https://dashboard.example.com" });
    return ["auth"];
  },
});
