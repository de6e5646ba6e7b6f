import { z } from "zod";
import type { Call, Func, Properties } from "../host/kind.ts";
import { ManagementApi } from "./management-api.ts";
import { keyOutputs } from "./project-state.ts";
import type { Settings } from "./settings.ts";

const args = z.strictObject({ projectRef: z.string().regex(/^[a-z]{20}$/, "expected 20 lower-case letters") });

/** Connection strings of the poolers by mode, with `[YOUR-PASSWORD]` in the password's place, as the API has them. */
export const getPooler: Func<Settings> = {
  token: "supabase:index/getPooler:getPooler",
  secrets: [],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, given);
    const poolers = await api.getPoolers(projectRef);
    const primary = poolers.filter((pooler) => pooler.database_type === "PRIMARY");
    const url = Object.fromEntries(primary.map((pooler) => [pooler.pool_mode, pooler.connection_string]));
    return { id: projectRef, projectRef, url };
  },
};

/** The API keys of a project. */
export const getApikeys: Func<Settings> = {
  token: "supabase:index/getApikeys:getApikeys",
  secrets: ["anonKey", "serviceRoleKey", "publishableKey", "secretKeys"],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, given);
    const keys = await api.getApiKeys(projectRef);
    const { anonKey, serviceRoleKey, publishableKey } = keyOutputs(keys);
    const secretKeys = keys
      .filter((key) => key.type === "secret")
      .map((key) => ({ name: key.name, apiKey: key.api_key ?? null }));
    return { id: projectRef, projectRef, anonKey, serviceRoleKey, publishableKey, secretKeys };
  },
};

function prepare(call: Call<Settings>, given: Properties): { api: ManagementApi; projectRef: string } {
  const parsed = args.safeParse(given);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const api = new ManagementApi({ settings: call.config, signal: call.context.signal });
  return { api, projectRef: parsed.data.projectRef };
}
