import { settingsLife } from "../../test/supabase/settings-life.ts";
import { apiSettingsKind } from "./api-settings.provider.ts";

settingsLife({
  kind: apiSettingsKind,
  path: "/postgrest",
  first: { maxRows: 500 },
  steps: [
    { program: { maxRows: 600 }, differs: ["maxRows"], seen: { max_rows: 600 } },
    {
      program: { dbSchema: "public,graphql_public", dbExtraSearchPath: "public", dbPool: 7 },
      differs: ["dbSchema", "dbExtraSearchPath", "dbPool"],
      seen: { max_rows: 600, db_schema: "public,graphql_public", db_extra_search_path: "public", db_pool: 7 },
    },
  ],
  see: async (trial, ref) => (await trial.client.getPostgrestServiceConfig(ref)).data,
  async meddle(trial, ref) {
    await trial.client.updatePostgrestServiceConfig(ref, { db_pool: 9 });
    return ["dbPool"];
  },
});
