import { settingsLife } from "../../test/supabase/settings-life.ts";
import { storageSettingsKind } from "./storage-settings.provider.ts";

settingsLife({
  kind: storageSettingsKind,
  path: "/config/storage",
  first: { fileSizeLimit: 1_000_000 },
  steps: [
    { program: { fileSizeLimit: 2_000_000 }, differs: ["fileSizeLimit"], seen: { fileSizeLimit: 2_000_000 } },
    {
      program: { features: { s3Protocol: { enabled: false } } },
      differs: ["features"],
      seen: { fileSizeLimit: 2_000_000, features: { s3Protocol: { enabled: false } } },
    },
    {
      program: { features: { s3Protocol: { enabled: false }, imageTransformation: { enabled: false } } },
      differs: ["features"],
      seen: { features: { s3Protocol: { enabled: false }, imageTransformation: { enabled: false } } },
    },
  ],
  see: async (trial, ref) => (await trial.client.getStorageConfig(ref)).data,
  async meddle(trial, ref) {
    const features = { s3Protocol: { enabled: true }, imageTransformation: { enabled: true } };
    await trial.client.updateStorageConfig(ref, { features });
    return ["features"];
  },
});
