import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { ThirdPartyAuthRecord } from "../../projects/settings.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

const createBody = z.object({
  oidc_issuer_url: z.url().optional(),
  jwks_url: z.url().optional(),
  custom_jwks: z.unknown().optional(),
});

/** Third-party auth integrations: recorded; no token is checked here, so no JWKS is fetched. */
export function thirdPartyAuthApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const path = "/config/auth/third-party-auth";
  app.get(path, (c) => c.json(c.get("project").settings.thirdPartyAuth.map(body)));
  app.post(path, async (c) => {
    const given = await readBody(c, createBody);
    const chosen = [given.oidc_issuer_url, given.jwks_url, given.custom_jwks].filter((one) => one !== undefined);
    if (chosen.length !== 1)
      throw new ApiError(400, "exactly one of oidc_issuer_url, jwks_url and custom_jwks is needed");
    const now = new Date().toISOString();
    const record: ThirdPartyAuthRecord = {
      id: randomUUID(),
      type: "custom",
      oidcIssuerUrl: given.oidc_issuer_url ?? null,
      jwksUrl: given.jwks_url ?? null,
      customJwks: given.custom_jwks ?? null,
      insertedAt: now,
      updatedAt: now,
    };
    c.get("project").settings.thirdPartyAuth.push(record);
    await context.state.save();
    return c.json(body(record), 201);
  });
  app.get(`${path}/:id`, (c) => c.json(body(find(c.get("project"), c.req.param("id")))));
  app.delete(`${path}/:id`, async (c) => {
    const { settings } = c.get("project");
    const record = find(c.get("project"), c.req.param("id"));
    settings.thirdPartyAuth = settings.thirdPartyAuth.filter((other) => other !== record);
    await context.state.save();
    return c.json(body(record));
  });
  return app;
}

function find(project: ProjectRecord, id: string): ThirdPartyAuthRecord {
  const found = project.settings.thirdPartyAuth.find((one) => one.id === id);
  if (!found) throw new ApiError(404, `Third-party auth integration ${id} not found`);
  return found;
}

function body(record: ThirdPartyAuthRecord) {
  return {
    id: record.id,
    type: record.type,
    oidc_issuer_url: record.oidcIssuerUrl,
    jwks_url: record.jwksUrl,
    custom_jwks: record.customJwks,
    resolved_jwks: null,
    inserted_at: record.insertedAt,
    updated_at: record.updatedAt,
    resolved_at: null,
  };
}
