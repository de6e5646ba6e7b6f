import { Hono } from "hono";
import type { OrganizationBody } from "../contract.ts";
import type { ApiContext, ApiEnv } from "./environment.ts";
import { ApiError } from "./errors.ts";

/** GET /v1/organizations and GET /v1/organizations/:slug: those the token sees, which is one. */
export function organizationsApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/", (c) => {
    const { id, slug, name } = c.get("organization");
    return c.json([{ id, slug, name }] satisfies OrganizationBody[]);
  });
  app.get("/:slug", (c) => {
    const { id, slug, name } = c.get("organization");
    if (c.req.param("slug") !== slug) throw new ApiError(404, `Organization ${c.req.param("slug")} not found`);
    return c.json({ id, name, plan: "pro", opt_in_tags: [], allowed_release_channels: ["ga"] });
  });
  return app;
}
