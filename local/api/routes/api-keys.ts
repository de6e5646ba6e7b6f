import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { ApiKeyBody } from "../../contract.ts";
import { legacyJwt, newKey } from "../../projects/keys.ts";
import type { KeyRecord } from "../../projects/settings.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const name = z
  .string()
  .min(4)
  .max(64)
  .regex(/^[a-z_][a-z0-9_]+$/);
const changes = {
  description: z.string().nullish(),
  secret_jwt_template: z.record(z.string(), z.unknown()).nullish(),
};
const createBody = z.object({ type: z.enum(["publishable", "secret"]), name, ...changes });
const updateBody = z.object({ name: name.optional(), ...changes });
const uuid = /^[0-9a-f-]{36}$/;

/** Keys: two legacy JWTs, and publishable and secret keys that can be made and removed; a secret in full only with reveal=true. */
export function apiKeysApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/api-keys", (c) => {
    const record = c.get("project");
    const reveal = readReveal(c);
    const legacy = [legacyKey(record, "anon"), legacyKey(record, "service_role")];
    return c.json([...legacy, ...record.settings.keys.map((key) => keyBody(key, reveal))]);
  });
  app.post("/api-keys", async (c) => {
    const { keys } = c.get("project").settings;
    const body = await readBody(c, createBody);
    if (keys.some((key) => key.name === body.name && key.type === body.type)) {
      throw new ApiError(400, `A ${body.type} API key named ${body.name} already exists`);
    }
    if (body.type === "publishable" && body.secret_jwt_template) {
      throw new ApiError(400, "secret_jwt_template: only a secret key has one");
    }
    const key = newKey({ ...body, jwtTemplate: body.secret_jwt_template });
    keys.push(key);
    await context.state.save();
    return c.json(keyBody(key, readReveal(c)), 201);
  });
  app.get("/api-keys/legacy", (c) => c.json({ enabled: c.get("project").settings.legacyKeysEnabled }));
  app.put("/api-keys/legacy", async (c) => {
    const enabled = c.req.query("enabled");
    if (enabled !== "true" && enabled !== "false") throw new ApiError(400, "enabled: must be true or false");
    c.get("project").settings.legacyKeysEnabled = enabled === "true";
    await context.state.save();
    return c.json({ enabled: enabled === "true" });
  });
  app.get("/api-keys/:id", (c) => c.json(keyBody(keyOf(c.get("project"), c.req.param("id")), readReveal(c))));
  app.patch("/api-keys/:id", async (c) => {
    const key = keyOf(c.get("project"), c.req.param("id"));
    const body = await readBody(c, updateBody);
    key.name = body.name ?? key.name;
    if (body.description !== undefined) key.description = body.description;
    if (body.secret_jwt_template !== undefined) key.jwtTemplate = body.secret_jwt_template;
    key.updatedAt = new Date().toISOString();
    await context.state.save();
    return c.json(keyBody(key, readReveal(c)));
  });
  app.delete("/api-keys/:id", async (c) => {
    const { settings } = c.get("project");
    const key = keyOf(c.get("project"), c.req.param("id"));
    settings.keys = settings.keys.filter((other) => other !== key);
    await context.state.save();
    return c.json(keyBody(key, readReveal(c)));
  });
  return app;
}

function readReveal(c: Context<ApiEnv>): boolean {
  const reveal = c.req.query("reveal") ?? "false";
  if (reveal !== "true" && reveal !== "false") throw new ApiError(400, "reveal: must be true or false");
  return reveal === "true";
}

function keyOf(record: ProjectRecord, id: string): KeyRecord {
  if (!uuid.test(id)) throw new ApiError(400, "id: must be a UUID");
  const found = record.settings.keys.find((key) => key.id === id);
  if (!found) throw new ApiError(404, `API key ${id} not found`);
  return found;
}

function legacyKey(record: ProjectRecord, role: "anon" | "service_role"): ApiKeyBody {
  return {
    name: role,
    api_key: legacyJwt(record, role),
    id: role,
    type: "legacy",
    prefix: null,
    hash: null,
    description: `Legacy ${role} API key`,
    secret_jwt_template: null,
    inserted_at: record.createdAt,
    updated_at: record.createdAt,
  };
}

function keyBody(key: KeyRecord, reveal: boolean): ApiKeyBody {
  const secret = key.type === "secret";
  return {
    name: key.name,
    api_key: secret && !reveal ? `${key.key.slice(0, 15)}${"·".repeat(16)}` : key.key,
    id: key.id,
    type: key.type,
    prefix: secret ? key.key.slice("sb_secret_".length, "sb_secret_".length + 5) : null,
    hash: createHash("sha256").update(key.key).digest("base64url"),
    description: key.description,
    secret_jwt_template: key.jwtTemplate,
    inserted_at: key.insertedAt,
    updated_at: key.updatedAt,
  };
}
