import { Hono } from "hono";
import { REGIONS } from "../../projects/offer.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";

const SMART_GROUPS = [
  { name: "Americas", code: "americas", type: "smartGroup" },
  { name: "Europe, Middle East and Africa", code: "emea", type: "smartGroup" },
  { name: "Asia-Pacific", code: "apac", type: "smartGroup" },
];

/** GET /v1/projects/available-regions: all of them, none recommended more than another. */
export function regionsApi(_context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/available-regions", (c) => {
    const slug = c.req.query("organization_slug");
    if (slug !== c.get("organization").slug) throw new ApiError(400, "organization_slug: is needed, of this token");
    const specific = REGIONS.map((code) => ({ name: code, code, type: "specific", provider: "AWS" }));
    return c.json({
      recommendations: { smartGroup: SMART_GROUPS[0], specific: specific.slice(0, 1) },
      all: { smartGroup: SMART_GROUPS, specific },
    });
  });
  return app;
}
