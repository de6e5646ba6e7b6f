import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

/** Whether the project's database refuses connections without TLS. */
export const sslEnforcementKind = configKind({
  token: "supabase:index/sslEnforcement:SslEnforcement",
  inputs: { enforced: z.boolean() },
  form: typedForm({ section: "ssl", properties: ["enforced"] }),
});
