import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Bounds: `UpdateSupavisorConfigBody` of the API's description. */
const inputs = { defaultPoolSize: z.int().min(0).max(3_000).optional() };

/** The project's connection pooler. */
export const poolerSettingsKind = configKind({
  token: "supabase:index/poolerSettings:PoolerSettings",
  inputs,
  form: typedForm({ section: "pooler", properties: Object.keys(inputs) }),
});
