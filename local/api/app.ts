import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { type CloudContext, findProject } from "../context.ts";
import type { Organization, ProjectRecord } from "../state.ts";
import { askedFaults } from "./asked-faults.ts";
import { type ApiContext, type ApiEnv, sameToken } from "./context.ts";
import { ApiError } from "./errors.ts";
import { faultInjection } from "./fault-injection.ts";
import { observation } from "./observation.ts";
import { rateLimiter } from "./rate-limit.ts";
import { apiKeysApi } from "./routes/api-keys.ts";
import { authConfigApi } from "./routes/auth-config.ts";
import { backupsApi } from "./routes/backups.ts";
import { billingAddonsApi } from "./routes/billing-addons.ts";
import { branchApi } from "./routes/branch.ts";
import { branchesApi } from "./routes/branches.ts";
import { databaseApi } from "./routes/database.ts";
import { functionsApi } from "./routes/functions.ts";
import { healthApi } from "./routes/health.ts";
import { inspectionApi } from "./routes/inspection.ts";
import { localApi } from "./routes/local.ts";
import { loginRoleApi } from "./routes/login-role.ts";
import { migrationsApi } from "./routes/migrations.ts";
import { networkBansApi } from "./routes/network-bans.ts";
import { networkRestrictionsApi } from "./routes/network-restrictions.ts";
import { organizationsApi } from "./routes/organizations.ts";
import { pauseApi } from "./routes/pause.ts";
import { poolerApi } from "./routes/pooler.ts";
import { postgresConfigApi } from "./routes/postgres-config.ts";
import { projectsApi } from "./routes/projects.ts";
import { regionsApi } from "./routes/regions.ts";
import { secretsApi } from "./routes/secrets.ts";
import { serviceConfigApi } from "./routes/service-config.ts";
import { sslEnforcementApi } from "./routes/ssl-enforcement.ts";
import { statusPageApi } from "./routes/status-page.ts";
import { thirdPartyAuthApi } from "./routes/third-party-auth.ts";

/** What lies below /v1/projects/:ref. */
const PROJECT_PARTS = [
  pauseApi,
  healthApi,
  apiKeysApi,
  databaseApi,
  backupsApi,
  migrationsApi,
  poolerApi,
  postgresConfigApi,
  billingAddonsApi,
  networkRestrictionsApi,
  networkBansApi,
  sslEnforcementApi,
  authConfigApi,
  thirdPartyAuthApi,
  serviceConfigApi,
  secretsApi,
  functionsApi,
  inspectionApi,
  loginRoleApi,
  branchesApi,
];

/** The Management API: every route not served answers 501 and names itself. */
export function createApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    c.header("x-request-id", randomUUID());
    await next();
  });
  app.use(observation(context));
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json({ message: error.message }, error.status);
    context.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json({ message: `the local cloud failed: ${error.message}` }, 500);
  });
  app.route("/", statusPageApi(context));
  app.route(
    "/_local",
    localApi(context, () => app.routes),
  );
  app.use("/v1/*", async (c, next) => {
    c.set("organization", organizationOf(context, c.req.header("authorization")));
    await next();
  });
  app.use("/v1/*", rateLimiter(context.rateLimit));
  app.use("/v1/*", askedFaults(context));
  app.use("/v1/*", faultInjection(context));
  // No ref, so it must not reach the check of refs.
  app.route("/v1/projects", regionsApi(context));
  app.use("/v1/projects/:ref/*", async (c, next) => {
    c.set("project", projectOf({ context, ref: c.req.param("ref"), organization: c.get("organization") }));
    await next();
  });
  app.route("/v1/organizations", organizationsApi(context));
  app.route("/v1/projects", projectsApi(context));
  app.route("/v1/branches", branchApi(context));
  for (const part of PROJECT_PARTS) {
    app.route("/v1/projects/:ref", part(context));
  }
  app.all("*", notServed);
  return app;
}

/** Why an operation that clients do ask for is not served. */
const REASONS: [RegExp, string][] = [
  [/^\/v1\/snippets/, "snippets belong to the dashboard, and there is none here"],
  [/\/(backups|restore)\b/, "no backups are made here by themselves; restore points are"],
  [/\/(custom-hostname|vanity-subdomain)/, "a project here has a loopback address and no name"],
];

function notServed(c: Context<ApiEnv>): Response {
  const reason =
    REASONS.find(([pattern]) => pattern.test(c.req.path))?.[1] ?? "see docs/reference/local-cloud-differences.md";
  return c.json({ message: `the local cloud does not serve ${c.req.method} ${c.req.path}: ${reason}` }, 501);
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
