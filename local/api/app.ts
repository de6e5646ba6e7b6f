import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { type CloudContext, findProject } from "../context.ts";
import type { Organization, ProjectRecord } from "../state.ts";
import { apiKeysApi } from "./api-keys.api.ts";
import { billingAddonsApi } from "./billing-addons.api.ts";
import { databaseApi } from "./database.api.ts";
import { type ApiContext, type ApiEnv, sameToken } from "./environment.ts";
import { ApiError } from "./errors.ts";
import { healthApi } from "./health.api.ts";
import { localApi } from "./local.api.ts";
import { networkRestrictionsApi } from "./network-restrictions.api.ts";
import { organizationsApi } from "./organizations.api.ts";
import { pauseApi } from "./pause.api.ts";
import { poolerApi } from "./pooler.api.ts";
import { projectsApi } from "./projects.api.ts";

/** The Management API: every route not served answers 501 and names itself. */
export function createApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    const began = performance.now();
    c.header("x-request-id", randomUUID());
    await next();
    context.log(`${c.req.method} ${c.req.path} ${c.res.status} ${Math.round(performance.now() - began)} ms`);
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json({ message: error.message }, error.status);
    context.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json({ message: `the local cloud failed: ${error.message}` }, 500);
  });
  app.route("/_local", localApi(context));
  app.use("/v1/*", async (c, next) => {
    c.set("organization", organizationOf(context, c.req.header("authorization")));
    await next();
  });
  // No ref, so it must not reach the check of refs.
  app.all("/v1/projects/available-regions", notServed);
  app.use("/v1/projects/:ref/*", async (c, next) => {
    c.set("project", projectOf({ context, ref: c.req.param("ref"), organization: c.get("organization") }));
    await next();
  });
  app.route("/v1/organizations", organizationsApi(context));
  app.route("/v1/projects", projectsApi(context));
  for (const part of [
    pauseApi,
    healthApi,
    apiKeysApi,
    databaseApi,
    poolerApi,
    billingAddonsApi,
    networkRestrictionsApi,
  ]) {
    app.route("/v1/projects/:ref", part(context));
  }
  app.all("*", notServed);
  return app;
}

function notServed(c: Context<ApiEnv>): Response {
  const message = `the local cloud does not serve ${c.req.method} ${c.req.path}; see docs/local-cloud-differences.md`;
  return c.json({ message }, 501);
}

function organizationOf(context: CloudContext, header: string | undefined): Organization {
  const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1]?.trim();
  const found = token && context.state.value.organizations.find((candidate) => sameToken(token, candidate.token));
  if (!found) throw new ApiError(401, "Unauthorized");
  return found;
}

function projectOf(options: { context: CloudContext; ref: string; organization: Organization }): ProjectRecord {
  if (!/^[a-z]{20}$/.test(options.ref)) throw new ApiError(400, "ref: must be 20 lower-case letters");
  const project = findProject(options.context, options.ref);
  if (!project) throw new ApiError(404, `Project ${options.ref} not found`);
  if (project.organizationId !== options.organization.id) {
    throw new ApiError(403, "Your account does not have the necessary privileges to access this endpoint.");
  }
  return project;
}
