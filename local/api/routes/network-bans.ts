import { Hono } from "hono";
import type { ApiContext, ApiEnv } from "../context.ts";

/** Network bans: there are none, since nothing here counts failed logins. */
export function networkBansApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post("/network-bans/retrieve", (c) => c.json({ banned_ipv4_addresses: [] }, 201));
  app.post("/network-bans/retrieve/enriched", (c) => c.json({ banned_ipv4_addresses: [] }, 201));
  app.delete("/network-bans", (c) => c.body(null, 200));
  return app;
}
