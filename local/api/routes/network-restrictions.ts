import { isIPv4, isIPv6 } from "node:net";
import { Hono } from "hono";
import { z } from "zod";
import type { NetworkRestrictionsBody } from "../../contract.ts";
import { EVERYWHERE, type NetworkRestrictions } from "../../projects/settings.ts";
import { applyAccess } from "../../projects/work.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const lists = z.object({
  dbAllowedCidrs: z.array(z.string()).optional(),
  dbAllowedCidrsV6: z.array(z.string()).optional(),
});
const patchBody = z.object({ add: lists.optional(), remove: lists.optional() });

/**
 * Network restrictions, applied to source addresses as Postgres and the pooler see them. Nearly every client here
 * comes from 127.0.0.1, so a range without it refuses nearly every client; one that binds another loopback address
 * is told apart.
 */
export function networkRestrictionsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const change = async (record: ProjectRecord, network: NetworkRestrictions) => {
    checkRanges(network);
    const before = record.settings.network;
    await context.lifecycle.apply(requireActive(record), async () => {
      record.settings.network = { ...network, updatedAt: new Date().toISOString() };
      await context.state.save();
      await applyAccess(context, record);
    });
    return before;
  };
  app.get("/network-restrictions", (c) => c.json(body(c.get("project").settings.network)));
  app.post("/network-restrictions/apply", async (c) => {
    const given = await readBody(c, lists);
    const network = { ...EVERYWHERE, v4: given.dbAllowedCidrs ?? [], v6: given.dbAllowedCidrsV6 ?? [] };
    const before = await change(c.get("project"), network);
    return c.json({ ...body(c.get("project").settings.network), old_config: body(before).config }, 201);
  });
  app.patch("/network-restrictions", async (c) => {
    const { add, remove } = await readBody(c, patchBody);
    const { network } = c.get("project").settings;
    const edit = (now: string[], more: string[] = [], less: string[] = []) =>
      [...new Set([...now, ...more])].filter((range) => !less.includes(range));
    const before = await change(c.get("project"), {
      ...network,
      v4: edit(network.v4, add?.dbAllowedCidrs, remove?.dbAllowedCidrs),
      v6: edit(network.v6, add?.dbAllowedCidrsV6, remove?.dbAllowedCidrsV6),
    });
    const { updatedAt: _, ...now } = c.get("project").settings.network;
    const { config: _config, ...rest } = body(c.get("project").settings.network);
    return c.json({ ...rest, config: typed(now), old_config: typed(before) });
  });
  return app;
}

/** Answer to PATCH: one list, each range with its family. */
function typed(network: Pick<NetworkRestrictions, "v4" | "v6">) {
  const v4 = network.v4.map((address) => ({ address, type: "v4" as const }));
  return { dbAllowedCidrs: [...v4, ...network.v6.map((address) => ({ address, type: "v6" as const }))] };
}

function checkRanges(network: NetworkRestrictions): void {
  const bad = [
    ...network.v4.filter((range) => !isRange(range, isIPv4, 32)),
    ...network.v6.filter((range) => !isRange(range, isIPv6, 128)),
  ];
  if (bad.length > 0) throw new ApiError(400, `not a CIDR range: ${bad.join(", ")}`);
}

function isRange(range: string, isAddress: (text: string) => boolean, longest: number): boolean {
  const [address = "", length = "", ...rest] = range.split("/");
  return rest.length === 0 && isAddress(address) && /^\d{1,3}$/.test(length) && Number(length) <= longest;
}

function body(network: NetworkRestrictions): NetworkRestrictionsBody {
  const at = network.updatedAt === null ? {} : { updated_at: network.updatedAt, applied_at: network.updatedAt };
  return {
    entitlement: "allowed",
    config: { dbAllowedCidrs: network.v4, dbAllowedCidrsV6: network.v6 },
    status: "applied",
    ...at,
  };
}
