import { settingsLife } from "../../test/supabase/settings-life.ts";
import { poolerSettingsKind } from "./pooler-settings.provider.ts";

settingsLife({
  kind: poolerSettingsKind,
  path: "/config/database/pooler",
  first: { defaultPoolSize: 5 },
  steps: [{ program: { defaultPoolSize: 7 }, differs: ["defaultPoolSize"], seen: { default_pool_size: 7 } }],
  async see(trial, ref) {
    const [primary] = (await trial.client.getPoolerConfig(ref)).data;
    return { default_pool_size: primary?.default_pool_size };
  },
  async meddle(trial, ref) {
    await trial.client.updatePoolerConfig(ref, { default_pool_size: 9 });
    return ["defaultPoolSize"];
  },
});
