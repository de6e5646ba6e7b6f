import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Whether the project's database refuses connections without TLS. */
export const sslEnforcementKind = configKind({
  token: "supabase:index/sslEnforcement:SslEnforcement",
  description:
    "Whether the database refuses connections without TLS. A change restarts a hosted database. Deleting leaves it as it is.",
  inputs: { enforced: z.boolean().describe("True refuses plaintext.") },
  form: typedForm({ section: "ssl", properties: ["enforced"] }),
});
