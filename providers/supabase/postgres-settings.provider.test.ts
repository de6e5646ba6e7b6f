import { settingsLife } from "../../test/supabase/settings-life.ts";
import { postgresSettingsKind } from "./postgres-settings.provider.ts";

settingsLife({
  kind: postgresSettingsKind,
  path: "/config/database/postgres",
  method: "PUT",
  first: { statementTimeout: "30s" },
  steps: [
    { program: { statementTimeout: "45s" }, differs: ["statementTimeout"], seen: { statement_timeout: "45s" } },
    {
      program: { statementTimeout: "45s", workMem: "8MB", maxParallelWorkers: 2 },
      differs: ["maxParallelWorkers", "workMem"],
      seen: { statement_timeout: "45s", work_mem: "8MB", max_parallel_workers: 2 },
    },
  ],
  see: async (trial, ref) => (await trial.client.getPostgresConfig(ref)).data,
  async meddle(trial, ref) {
    const others = { statement_timeout: "45s", max_parallel_workers: 2 };
    await trial.client.updatePostgresConfig(ref, { ...others, work_mem: "16MB" });
    return ["workMem"];
  },
});
