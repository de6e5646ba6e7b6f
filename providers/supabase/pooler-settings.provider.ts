import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Bounds: `UpdateSupavisorConfigBody` of the API's description. */
const inputs = {
  defaultPoolSize: z
    .int()
    .min(0)
    .max(3_000)
    .optional()
    .describe("Server connections for each pair of user and database, 0 to 3000."),
};

/** The project's connection pooler. */
export const poolerSettingsKind = configKind({
  token: "supabase:index/poolerSettings:PoolerSettings",
  description: "The connection pooler of a project. Only what is set is managed; deleting leaves it as it is.",
  inputs,
  form: typedForm({ section: "pooler", properties: Object.keys(inputs) }),
});
