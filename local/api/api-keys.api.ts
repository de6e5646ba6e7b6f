import { createHash, createHmac } from "node:crypto";
import { Hono } from "hono";
import type { ApiKeyBody } from "../contract.ts";
import type { ProjectRecord } from "../state.ts";
import type { ApiContext, ApiEnv } from "./environment.ts";
import { ApiError } from "./errors.ts";

const YEARS_10_S = 10 * 365 * 86_400;

/** GET /api-keys: the two legacy JWTs, one publishable key, one secret key; the last in full only with reveal=true. */
export function apiKeysApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/api-keys", (c) => {
    const record = c.get("project");
    const reveal = c.req.query("reveal") ?? "false";
    if (reveal !== "true" && reveal !== "false") throw new ApiError(400, "reveal: must be true or false");
    const secret = reveal === "true" ? record.secretKey : `${record.secretKey.slice(0, 15)}${"·".repeat(16)}`;
    return c.json([
      legacyKey(record, "anon"),
      legacyKey(record, "service_role"),
      newKey({ record, type: "publishable", shown: record.publishableKey, full: record.publishableKey }),
      newKey({ record, type: "secret", shown: secret, full: record.secretKey }),
    ]);
  });
  app.get("/api-keys/legacy", (c) => c.json({ enabled: true }));
  return app;
}

/** A JWT as the platform makes it: HS256 with the project's secret, ten years from the project's creation. */
export function legacyJwt(record: ProjectRecord, role: "anon" | "service_role"): string {
  const iat = Math.floor(Date.parse(record.createdAt) / 1000);
  const head = base64url(JSON.stringify({ alg: "HS256", typ: "JWT" }));
  const claims = base64url(JSON.stringify({ iss: "supabase", ref: record.ref, role, iat, exp: iat + YEARS_10_S }));
  const signature = createHmac("sha256", record.jwtSecret).update(`${head}.${claims}`).digest("base64url");
  return `${head}.${claims}.${signature}`;
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

function newKey(options: {
  record: ProjectRecord;
  type: "publishable" | "secret";
  shown: string;
  full: string;
}): ApiKeyBody {
  const hash = createHash("sha256").update(options.full).digest("base64url");
  return {
    name: "default",
    api_key: options.shown,
    id: uuidOf(`${options.record.ref}/${options.type}`),
    type: options.type,
    prefix: options.type === "secret" ? options.full.slice("sb_secret_".length, "sb_secret_".length + 5) : null,
    hash,
    description: null,
    secret_jwt_template: options.type === "secret" ? { role: "service_role" } : null,
    inserted_at: options.record.createdAt,
    updated_at: options.record.createdAt,
  };
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
