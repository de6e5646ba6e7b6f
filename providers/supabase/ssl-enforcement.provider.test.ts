import { settingsLife } from "../../test/supabase/settings-life.ts";
import { sslEnforcementKind } from "./ssl-enforcement.provider.ts";

settingsLife({
  kind: sslEnforcementKind,
  path: "/ssl-enforcement",
  method: "PUT",
  first: { enforced: false },
  steps: [{ program: { enforced: true }, differs: ["enforced"], seen: { database: true } }],
  see: async (trial, ref) => (await trial.client.getSslEnforcementConfig(ref)).data.currentConfig,
  async meddle(trial, ref) {
    await trial.client.updateSslEnforcementConfig(ref, { requestedConfig: { database: false } });
    return ["enforced"];
  },
});
