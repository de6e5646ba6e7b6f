import { randomBytes, randomInt } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import {
  type ProjectBody,
  type ProjectRefBody,
  type ProjectWithDatabaseBody,
  REGIONS,
  type Region,
  SIZES,
} from "../contract.ts";
import { faultsOf } from "../faults.ts";
import { chooseAddress } from "../network.ts";
import { randomPassword, scramVerifier } from "../postgres/scram.ts";
import type { Organization, ProjectRecord } from "../state.ts";
import type { ApiContext, ApiEnv } from "./environment.ts";
import { ApiError, readBody } from "./errors.ts";

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
  let creating: Promise<unknown> = Promise.resolve();
  app.post("/", async (c) => {
    const body = await readBody(c, createBody);
    const organization = c.get("organization");
    if (body.organization_slug !== organization.slug) {
      throw new ApiError(403, `organization_slug: ${body.organization_slug} is not an organization of this token`);
    }
    // One at a time: two requests must not choose the same address.
    const mine = creating.then(() => recordProject({ context, organization, body }));
    creating = mine.catch(() => undefined);
    const record = await mine;
    context.lifecycle.create(record);
    if (faultsOf(record.name).createReset) c.env.incoming.socket.destroy();
    return c.json(projectBody(context, record), 201);
  });
  app.get("/", (c) => {
    const { projects } = context.state.value;
    const own = projects.filter((project) => project.organizationId === c.get("organization").id);
    return c.json(own.map((record) => projectWithDatabase(context, record)));
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
    if (record.status !== "GOING_DOWN") await context.lifecycle.remove(record);
    return c.json(refBody(record));
  });
  return app;
}

async function recordProject(options: {
  context: ApiContext;
  organization: Organization;
  body: z.infer<typeof createBody>;
}): Promise<ProjectRecord> {
  const { state } = options.context;
  const { body } = options;
  const taken = state.value.projects.map((project) => project.address);
  const record: ProjectRecord = {
    id: 1 + Math.max(0, ...state.value.projects.map((project) => project.id)),
    ref: Array.from({ length: 20 }, () => String.fromCharCode(97 + randomInt(26))).join(""),
    name: body.name,
    organizationId: options.organization.id,
    region: regionOf(body),
    size: body.desired_instance_size ?? "micro",
    createdAt: new Date().toISOString(),
    status: "COMING_UP",
    built: false,
    problem: "",
    address: await chooseAddress({ network: state.value.network, taken }),
    passwordVerifier: scramVerifier(body.db_pass),
    internal: {
      admin: randomPassword(),
      query: randomPassword(),
      reader: randomPassword(),
      pgbouncer: randomPassword(),
    },
    jwtSecret: randomBytes(40).toString("base64"),
    publishableKey: `sb_publishable_${randomBytes(16).toString("base64url")}_${randomBytes(6).toString("base64url")}`,
    secretKey: `sb_secret_${randomBytes(16).toString("base64url")}_${randomBytes(6).toString("base64url")}`,
  };
  state.value.projects.push(record);
  await state.save();
  return record;
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
  const { host, port } = record.address;
  return {
    ...projectBody(context, record),
    database: {
      host,
      ...(port === POSTGRES_PORT ? {} : { port }),
      version: context.binaries.postgresVersion,
      postgres_engine: "17",
      release_channel: "ga",
    },
  };
}

function refBody(record: ProjectRecord): ProjectRefBody {
  return { id: record.id, ref: record.ref, name: record.name };
}
