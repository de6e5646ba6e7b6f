import { Hono } from "hono";
import type { ApiContext, ApiEnv } from "./environment.ts";

/** GET /network-restrictions: none. Every client here comes from one loopback address, so none could be kept out. */
export function networkRestrictionsApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/network-restrictions", (c) =>
    c.json({
      entitlement: "allowed",
      config: { dbAllowedCidrs: ["0.0.0.0/0"], dbAllowedCidrsV6: ["::/0"] },
      status: "applied",
    }),
  );
  return app;
}
