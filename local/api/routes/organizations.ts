import { Hono } from "hono";
import type { OrganizationBody } from "../../contract.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";

const PAGE = 100;

/** Organizations the token sees, which is one, and the projects of it page by page. */
export function organizationsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/", (c) => {
    const { id, slug, name } = c.get("organization");
    return c.json([{ id, slug, name }] satisfies OrganizationBody[]);
  });
  app.use("/:slug/*", async (c, next) => {
    const slug = c.req.param("slug");
    if (slug !== c.get("organization").slug) throw new ApiError(404, `Organization ${slug} not found`);
    await next();
  });
  app.get("/:slug", (c) => {
    const { id, name } = c.get("organization");
    return c.json({ id, name, plan: "pro", opt_in_tags: [], allowed_release_channels: ["ga"] });
  });
  app.get("/:slug/members", (c) =>
    c.json([{ user_id: c.get("organization").id, user_name: "local", role_name: "Owner", mfa_enabled: false }]),
  );
  app.get("/:slug/projects", (c) => {
    const offset = number(c.req.query("offset"), { name: "offset", least: 0, otherwise: 0 });
    const limit = number(c.req.query("limit"), { name: "limit", least: 1, otherwise: PAGE });
    const search = c.req.query("search")?.toLowerCase() ?? "";
    const statuses = c.req.query("statuses")?.split(",");
    const found = context.state.value.projects
      .filter((project) => project.organizationId === c.get("organization").id)
      .filter((project) => `${project.name} ${project.ref}`.toLowerCase().includes(search))
      .filter((project) => statuses?.includes(project.status) ?? true)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const pagination = { count: found.length, limit, offset };
    return c.json({ projects: found.slice(offset, offset + limit).map(projectBody), pagination });
  });
  return app;
}

function projectBody(record: ProjectRecord) {
  const common = { region: record.region, cloud_provider: "AWS", status: record.status };
  const database = {
    ...common,
    infra_compute_size: record.size,
    identifier: record.ref,
    type: "PRIMARY",
  };
  return {
    ...common,
    ref: record.ref,
    name: record.name,
    is_branch: record.branch !== undefined && !record.branch.isDefault,
    inserted_at: record.createdAt,
    databases: [database],
  };
}

function number(text: string | undefined, options: { name: string; least: number; otherwise: number }): number {
  const value = Number(text ?? options.otherwise);
  if (Number.isInteger(value) && value >= options.least) return value;
  throw new ApiError(400, `${options.name}: must be an integer from ${options.least} on`);
}
