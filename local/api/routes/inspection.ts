import { join } from "node:path";
import { Hono } from "hono";
import { findSupabaseProgram, inspect } from "../../daemon/supabase-program.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";
import { requireActive } from "../require-active.ts";

/** A lint as the CLI words it; the API has `cache_key`. */
interface CliLint {
  cacheKey: string;
  [name: string]: unknown;
}

/** GET /advisors/{security,performance} and /types/typescript: answered by the Supabase CLI that is installed here. */
export function inspectionApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const program = findSupabaseProgram();
  const run = (record: ApiEnv["Variables"]["project"], args: readonly string[]) => {
    if (program) {
      const home = join(context.layout.root, "supabase-cli");
      return inspect({ program, record: requireActive(record), home, args });
    }
    const why = "it needs the npm package supabase, which has no program for this platform or is not installed";
    throw new ApiError(501, `the local cloud does not serve this here: ${why}`);
  };
  app.get("/advisors/:type{security|performance}", async (c) => {
    const type = c.req.param("type");
    const args = ["db", "advisors", "--type", type, "--level", "info", "--output-format", "json"];
    const { results } = JSON.parse(await run(c.get("project"), args)) as { results: CliLint[] };
    return c.json({ lints: results.map(({ cacheKey, ...finding }) => ({ ...finding, cache_key: cacheKey })) });
  });
  app.get("/types/typescript", async (c) => {
    const schemas = c.req.query("included_schemas") || "public";
    if (!/^[\w$]+(,[\w$]+)*$/.test(schemas))
      throw new ApiError(400, "included_schemas: must be names, separated by commas");
    const args = ["gen", "types", "--lang", "typescript", "--schema", schemas];
    return c.json({ types: await run(c.get("project"), args) });
  });
  return app;
}
