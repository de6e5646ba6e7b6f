import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Bounds: `V1UpdatePostgrestConfigBody` of the API's description. */
const inputs = {
  dbSchema: z.string().optional(),
  dbExtraSearchPath: z.string().optional(),
  maxRows: z.int().min(0).max(1_000_000).optional(),
  dbPool: z.int().min(0).max(1_000).optional(),
};

/** What the project's REST API shows of the database. */
export const apiSettingsKind = configKind({
  token: "supabase:index/apiSettings:ApiSettings",
  inputs,
  form: typedForm({ section: "api", properties: Object.keys(inputs) }),
});
