import { serve } from "../host/server.ts";
import { getApikeys, getPooler } from "./functions.ts";
import { projectKind } from "./project.provider.ts";
import { parseSettings } from "./settings.ts";

serve(
  {
    name: "supabase",
    version: "0.1.0",
    configSecrets: ["accessToken"],
    parseConfig: parseSettings,
    kinds: [projectKind],
    functions: [getPooler, getApikeys],
  },
  process.argv.slice(2),
);
