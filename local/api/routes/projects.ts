import { Hono } from "hono";
import { z } from "zod";
import type { ProjectBody, ProjectRefBody, ProjectWithDatabaseBody } from "../../contract.ts";
import { branchesOf, isBranch } from "../../projects/branch-work.ts";
import { REGIONS, type Region, SIZES } from "../../projects/offer.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";

/** One region of each group a client may ask for in the place of a region. */
const SMART_GROUPS: Record<"americas" | "emea" | "apac", Region> = {
  americas: "us-east-1",
  emea: "eu-central-1",
  apac: "ap-southeast-1",
};
const POSTGRES_PORT = 5432;

const createBody = z.strictObject({
  name: z.string().min(1).max(256),
  db_pass: z.string().min(1),
  organization_slug: z.string().regex(/^[\w-]+$/),
  organization_id: z.string().optional(),
  plan: z.enum(["free", "pro"]).optional(),
  region: z.enum(REGIONS).optional(),
  region_selection: z
    .discriminatedUnion("type", [
      z.object({ type: z.literal("specific"), code: z.enum(REGIONS) }),
      z.object({ type: z.literal("smartGroup"), code: z.enum(["americas", "emea", "apac"]) }),
    ])
    .optional(),
  kps_enabled: z.boolean().optional(),
  desired_instance_size: z.enum(SIZES).optional(),
  template_url: z.url().optional(),
});
const updateBody = z.object({ name: z.string().min(1).max(256) });

/** Create, list, get, rename and delete projects. */
export function projectsApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post("/", async (c) => {
    const body = await readBody(c, createBody);
    const organization = c.get("organization");
    if (body.organization_slug !== organization.slug) {
      throw new ApiError(403, `organization_slug: ${body.organization_slug} is not an organization of this token`);
    }
    const record = await context.register({
      name: body.name,
      organizationId: organization.id,
      region: regionOf(body),
      size: body.desired_instance_size ?? "micro",
      password: body.db_pass,
    });
    context.lifecycle.create(record);
    return c.json(projectBody(context, record), 201);
  });
  app.get("/", (c) => {
    const { projects } = context.state.value;
    const own = projects.filter((project) => project.organizationId === c.get("organization").id && !isBranch(project));
    return c.json(own.map((record) => projectWithDatabase(context, record)));
  });
  // As there: a branch is no project to these three. The Supabase CLI takes a 404 here for a branch when it links one.
  app.on(["GET", "PATCH", "DELETE"], "/:ref", async (c, next) => {
    if (isBranch(c.get("project"))) throw new ApiError(404, `Project ${c.get("project").ref} not found`);
    await next();
  });
  app.get("/:ref", (c) => c.json(projectWithDatabase(context, c.get("project"))));
  app.patch("/:ref", async (c) => {
    const record = c.get("project");
    record.name = (await readBody(c, updateBody)).name;
    await context.state.save();
    return c.json(refBody(record));
  });
  app.delete("/:ref", async (c) => {
    const record = c.get("project");
    for (const branch of branchesOf(context, record.ref)) await context.lifecycle.remove(branch);
    if (record.status !== "GOING_DOWN") await context.lifecycle.remove(record);
    return c.json(refBody(record));
  });
  return app;
}

function regionOf(body: z.infer<typeof createBody>): Region {
  if (body.region_selection?.type === "specific") return body.region_selection.code;
  if (body.region_selection?.type === "smartGroup") return SMART_GROUPS[body.region_selection.code];
  return body.region ?? "us-east-1";
}

function projectBody(context: ApiContext, record: ProjectRecord): ProjectBody {
  const organization = context.state.value.organizations.find((candidate) => candidate.id === record.organizationId);
  return {
    id: record.ref,
    ref: record.ref,
    organization_id: record.organizationId,
    organization_slug: organization?.slug ?? record.organizationId,
    name: record.name,
    region: record.region,
    created_at: record.createdAt,
    status: record.status,
  };
}

function projectWithDatabase(context: ApiContext, record: ProjectRecord): ProjectWithDatabaseBody {
  const { host, port, apiPort } = record.address;
  return {
    ...projectBody(context, record),
    database: {
      host,
      ...(port === POSTGRES_PORT ? {} : { port }),
      api_port: apiPort,
      version: context.binaries.postgresVersion,
      postgres_engine: "17",
      release_channel: "ga",
    },
  };
}

function refBody(record: ProjectRecord): ProjectRefBody {
  return { id: record.id, ref: record.ref, name: record.name };
}
