import { join } from "node:path";
import { Hono } from "hono";
import { findSupabaseProgram, inspect } from "../../daemon/supabase-program.ts";
import { adminLogin, withSession } from "../../postgres/session.ts";
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
  const advice = new Map<string, { readonly state: string; readonly lints: object[] }>();
  const run = (record: ApiEnv["Variables"]["project"], args: readonly string[]) => {
    if (program) {
      const home = join(context.layout.root, "supabase-cli");
      return inspect({ program, record: requireActive(record), home, args });
    }
    const why = "it needs the npm package supabase, which has no program for this platform or is not installed";
    throw new ApiError(501, `the local cloud does not serve this here: ${why}`);
  };
  app.get("/advisors/:type{security|performance}", async (c) => {
    const [type, project] = [c.req.param("type"), c.get("project")];
    const key = `${project.ref} ${type}`;
    const known = advice.get(key);
    // What they say of performance comes from statistics, which no transaction tells of.
    const state = type === "security" && program ? await stateOf(requireActive(project)) : undefined;
    if (state && known?.state === state) return c.json({ lints: known.lints });
    const args = ["db", "advisors", "--type", type, "--level", "info", "--output-format", "json"];
    const { results } = JSON.parse(await run(project, args)) as { results: CliLint[] };
    const lints = results.map(({ cacheKey, ...finding }) => ({ ...finding, cache_key: cacheKey }));
    if (state) advice.set(key, { state, lints });
    return c.json({ lints });
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

/** Stays the same as long as no transaction has written: the program takes a second to start, for the same answer. */
function stateOf(record: ApiEnv["Variables"]["project"]): Promise<string> {
  return withSession({
    address: record.address,
    login: adminLogin(record),
    applicationName: "local cloud: advisors",
    work: async (sql) => {
      const [row] = await sql<{ state: string }[]>`
        select concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time(), pg_conf_load_time()) as state`;
      return row?.state ?? "";
    },
  });
}
