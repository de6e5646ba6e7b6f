import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Bounds: `V1UpdatePostgrestConfigBody` of the API's description. */
const inputs = {
  dbSchema: z.string().optional().describe("Schemas that are exposed, separated by commas."),
  dbExtraSearchPath: z
    .string()
    .optional()
    .describe("Schemas on the search path of every request, separated by commas."),
  maxRows: z.int().min(0).max(1_000_000).optional().describe("Most rows of an answer, 0 to 1000000."),
  dbPool: z.int().min(0).max(1_000).optional().describe("Connections the API keeps, 0 to 1000."),
};

/** What the project's REST API shows of the database. */
export const apiSettingsKind = configKind({
  token: "supabase:index/apiSettings:ApiSettings",
  description:
    "What the REST API of a project shows of its database. Only what is set is managed; deleting leaves it as it is.",
  inputs,
  form: typedForm({ section: "api", properties: Object.keys(inputs) }),
});
