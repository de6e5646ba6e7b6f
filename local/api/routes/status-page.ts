import { Hono } from "hono";
import { findProject } from "../../context.ts";
import { cloudStatus, type ProjectStatusLine } from "../../daemon/status.ts";
import { statusPage } from "../../page/status-page.ts";
import { projectFacts } from "../../projects/facts.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";

/** GET /: what runs, for people. Nothing secret is on it, so no token is asked for. */
export function statusPageApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/", async (c) => {
    const { host, port } = context.state.value.network.api;
    // A foreign site whose name was made to lead here must not read it.
    if (c.req.header("host") !== `${host}:${port}`)
      throw new ApiError(421, `the status page is at http://${host}:${port}/`);
    const report = await cloudStatus(context);
    const projects = await Promise.all(report.projects.map((line) => shown(context, line)));
    c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    c.header("cache-control", "no-store");
    return c.html(statusPage({ report, projects, requests: context.requests }));
  });
  return app;
}

async function shown(context: ApiContext, line: ProjectStatusLine) {
  const record = findProject(context, line.ref);
  const branch = record?.branch?.isDefault ? undefined : record?.branch;
  const parent = branch && (findProject(context, branch.parentRef)?.name ?? branch.parentRef);
  return { ...line, branchOf: parent ?? null, facts: record && (await projectFacts(record)) };
}
