import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import type { KeyRecord } from "./settings.ts";

const YEARS_10_S = 10 * 365 * 86_400;

/** A new publishable or secret key, in the form of the platform's. */
export function newKey(options: {
  type: KeyRecord["type"];
  name: string;
  description?: string | null;
  jwtTemplate?: Record<string, unknown> | null;
}): KeyRecord {
  const { type, name } = options;
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    name,
    type,
    key: `sb_${type}_${randomBytes(16).toString("base64url")}_${randomBytes(6).toString("base64url")}`,
    description: options.description ?? null,
    jwtTemplate: options.jwtTemplate ?? (type === "secret" ? { role: "service_role" } : null),
    insertedAt: now,
    updatedAt: now,
  };
}

/** The keys a project begins with. */
export function firstKeys(): KeyRecord[] {
  return [newKey({ type: "publishable", name: "default" }), newKey({ type: "secret", name: "default" })];
}

/** A JWT as the platform makes it: HS256 with the project's secret, ten years from the project's creation. */
export function legacyJwt(
  project: { ref: string; createdAt: string; jwtSecret: string },
  role: "anon" | "service_role",
): string {
  const iat = Math.floor(Date.parse(project.createdAt) / 1000);
  const head = base64url(JSON.stringify({ alg: "HS256", typ: "JWT" }));
  const claims = base64url(JSON.stringify({ iss: "supabase", ref: project.ref, role, iat, exp: iat + YEARS_10_S }));
  const signature = createHmac("sha256", project.jwtSecret).update(`${head}.${claims}`).digest("base64url");
  return `${head}.${claims}.${signature}`;
}

/** What the API shows in the place of a secret: hexadecimal SHA-256. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
