import { Hono } from "hono";
import { z } from "zod";
import { authConfig, authFields as fields } from "../../auth/config.ts";
import { sha256 } from "../../projects/keys.ts";
import { isActive } from "../../projects/work.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const updateBody = z.record(z.string(), z.unknown());
const HOOK = /^hook_(\w+)_enabled$/;

/**
 * GET and PATCH /config/auth: recorded and validated, and followed by the project's Auth server where one runs. Secrets are
 * answered hashed, as hosted.
 */
export function authConfigApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/config/auth", (c) => c.json(authConfig(c.get("project"))));
  app.patch("/config/auth", async (c) => {
    const record = c.get("project");
    const body = await readBody(c, updateBody);
    const problems = Object.entries(body).flatMap(([name, value]) => problemOf(name, value));
    if (problems.length > 0) throw new ApiError(400, problems.join("; "));
    const changed = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, stored(name, value)]));
    const next = { ...authConfig(record), ...changed };
    for (const name of Object.keys(fields)) {
      const uri = name.replace(HOOK, "hook_$1_uri");
      if (uri !== name && next[name] === true && !next[uri]) throw new ApiError(400, `${uri}: is needed by ${name}`);
    }
    record.settings.auth = { ...record.settings.auth, ...changed };
    await context.state.save();
    if (context.auth.program && isActive(record)) {
      await context.lifecycle.apply(record, async () => {
        await context.auth.stop(record);
        await context.auth.start(record);
      });
    }
    return c.json(authConfig(record));
  });
  return app;
}

function stored(name: string, value: unknown): unknown {
  return fields[name]?.secret && typeof value === "string" && value !== "" ? sha256(value) : value;
}

function problemOf(name: string, value: unknown): string[] {
  const field = fields[name];
  if (!field || field.readOnly) return [`${name}: is not a setting that can be changed`];
  if (value === null) return [];
  const wanted = field.type === "integer" ? "number" : field.type;
  if (typeof value !== wanted) return [`${name}: must be of type ${field.type}`];
  if (field.type === "integer" && !Number.isInteger(value)) return [`${name}: must be an integer`];
  if (field.values && !field.values.includes(String(value)))
    return [`${name}: must be one of ${field.values.join(", ")}`];
  if (typeof value === "number" && value < (field.minimum ?? value))
    return [`${name}: must be at least ${field.minimum}`];
  if (typeof value === "number" && value > (field.maximum ?? value))
    return [`${name}: must be at most ${field.maximum}`];
  return [];
}
