import { Hono } from "hono";
import { z } from "zod";
import type { SecretBody } from "../../contract.ts";
import { sha256 } from "../../projects/keys.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { readBody } from "../errors.ts";

const createBody = z.array(
  z.object({
    name: z
      .string()
      .min(1)
      .max(256)
      .regex(/^(?!SUPABASE_)/, "must not begin with SUPABASE_"),
    value: z.string().max(24_576),
  }),
);
const deleteBody = z.array(z.string());
/** What the platform itself puts there. */
const OWN = ["SUPABASE_ANON_KEY", "SUPABASE_DB_URL", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_URL"];

/** GET, POST and DELETE /secrets, those of Edge Functions: only the hash of a value is kept, as GET answers with it. */
export function secretsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/secrets", (c) => {
    const { settings, ref, createdAt } = c.get("project");
    const own = OWN.map((name) => ({ name, value: sha256(`${ref}/${name}`), updated_at: createdAt }));
    const set = settings.secrets.map(({ name, digest, updatedAt }) => ({ name, value: digest, updated_at: updatedAt }));
    const all: SecretBody[] = [...own, ...set].sort((a, b) => (a.name < b.name ? -1 : 1));
    return c.json(all);
  });
  app.post("/secrets", async (c) => {
    const { settings } = c.get("project");
    const given = await readBody(c, createBody);
    const names = new Set(given.map(({ name }) => name));
    const updatedAt = new Date().toISOString();
    settings.secrets = [
      ...settings.secrets.filter(({ name }) => !names.has(name)),
      ...given.map(({ name, value }) => ({ name, digest: sha256(value), updatedAt })),
    ];
    await context.state.save();
    return c.body(null, 201);
  });
  app.delete("/secrets", async (c) => {
    const { settings } = c.get("project");
    const names = await readBody(c, deleteBody);
    settings.secrets = settings.secrets.filter(({ name }) => !names.includes(name));
    await context.state.save();
    return c.body(null, 200);
  });
  return app;
}
