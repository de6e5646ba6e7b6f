import { Hono } from "hono";
import { z } from "zod";
import { ADDON_SIZES, type InstanceSize } from "../../projects/offer.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const patchBody = z.object({ addon_variant: z.string(), addon_type: z.string() });

/** GET, PATCH and DELETE /billing/addons. Only the instance size exists here; it is recorded and has no other effect. */
export function billingAddonsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/billing/addons", (c) => {
    const { size } = c.get("project");
    const selected = size === "nano" ? [] : [{ type: "compute_instance", variant: variant(size) }];
    const variants = ADDON_SIZES.map(variant);
    const available = [{ type: "compute_instance", name: "Compute Instance", variants }];
    return c.json({ selected_addons: selected, available_addons: available });
  });
  app.patch("/billing/addons", async (c) => {
    const body = await readBody(c, patchBody);
    if (body.addon_type !== "compute_instance") {
      throw new ApiError(501, `the local cloud does not serve the add-on ${body.addon_type}`);
    }
    const size = ADDON_SIZES.find((known) => `ci_${known}` === body.addon_variant);
    if (!size) throw new ApiError(400, `addon_variant: ${body.addon_variant} is not a compute instance`);
    c.get("project").size = size;
    await context.state.save();
    return c.body(null, 200);
  });
  app.delete("/billing/addons/:variant", async (c) => {
    const record = c.get("project");
    const variant = c.req.param("variant");
    if (variant !== `ci_${record.size}`) throw new ApiError(404, `Project ${record.ref} has no add-on ${variant}`);
    record.size = "nano";
    await context.state.save();
    return c.body(null, 200);
  });
  return app;
}

function variant(size: InstanceSize) {
  const price = { description: "not billed by the local cloud", type: "usage", interval: "hourly", amount: 0 };
  return { id: `ci_${size}`, name: size, price };
}
