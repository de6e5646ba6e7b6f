import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { BranchBody } from "../../contract.ts";
import { randomPassword } from "../../postgres/scram.ts";
import { branchesOf } from "../../projects/branch-work.ts";
import { sha256 } from "../../projects/keys.ts";
import { REGIONS, SIZES } from "../../projects/offer.ts";
import type { BranchRecord, ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { requireActive } from "../require-active.ts";

const createBody = z.object({
  branch_name: z.string().min(1),
  git_branch: z.string().optional(),
  is_default: z.boolean().optional(),
  persistent: z.boolean().optional(),
  region: z.enum(REGIONS).optional(),
  desired_instance_size: z.enum(SIZES).optional(),
  release_channel: z.string().optional(),
  postgres_engine: z.string().optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  with_data: z.boolean().optional(),
  notify_url: z.url().optional(),
});

/** /v1/projects/:ref/branches: list, create, find by name, and remove all. */
export function branchesApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/branches", (c) => c.json(allBranches(context, c.get("project")).map(branchBody)));
  app.get("/branches/:name", (c) => {
    const name = c.req.param("name");
    const found = allBranches(context, c.get("project")).find(({ branch }) => branch.name === name);
    if (!found) throw new ApiError(404, `Branch ${name} not found`);
    return c.json(branchBody(found));
  });
  app.post("/branches", async (c) => {
    const parent = requireActive(c.get("project"));
    const body = await readBody(c, createBody);
    if (parent.branch && !parent.branch.isDefault) throw new ApiError(422, "A branch cannot have branches");
    const taken = allBranches(context, parent).some(({ branch }) => branch.name === body.branch_name);
    if (taken) throw new ApiError(409, `A branch named ${body.branch_name} already exists`);
    parent.branch ??= newBranch({ parentRef: parent.ref, name: "main", isDefault: true });
    const record = await recordBranch({ context, parent, body });
    context.lifecycle.create(record);
    return c.json(branchBody({ ...record, branch: record.branch ?? parent.branch }), 201);
  });
  app.delete("/branches", async (c) => {
    const parent = c.get("project");
    for (const record of branchesOf(context, parent.ref)) await context.lifecycle.remove(record);
    parent.branch = undefined;
    await context.state.save();
    return c.body(null, 200);
  });
  return app;
}

/** The answer for a branch, from its project. */
export function branchBody(record: ProjectRecord & { branch: BranchRecord }): BranchBody {
  const { branch } = record;
  return {
    id: branch.id,
    name: branch.name,
    project_ref: record.ref,
    parent_project_ref: branch.parentRef,
    is_default: branch.isDefault,
    ...(branch.gitBranch === null ? {} : { git_branch: branch.gitBranch }),
    persistent: branch.persistent,
    status: branch.status,
    created_at: branch.createdAt,
    updated_at: branch.updatedAt,
    with_data: branch.withData,
    ...(branch.notifyUrl === null ? {} : { notify_url: branch.notifyUrl }),
    preview_project_status: record.status,
  };
}

async function recordBranch(options: {
  context: ApiContext;
  parent: ProjectRecord;
  body: z.infer<typeof createBody>;
}): Promise<ProjectRecord> {
  const { parent, body } = options;
  const branch = newBranch({ parentRef: parent.ref, name: body.branch_name, isDefault: false });
  branch.persistent = body.persistent ?? false;
  branch.withData = body.with_data ?? false;
  branch.gitBranch = body.git_branch ?? null;
  branch.notifyUrl = body.notify_url ?? null;
  const { auth, postgrest, storage, realtime, functions, postgres } = structuredClone(parent.settings);
  const secrets = Object.entries(body.secrets ?? {}).map(([name, value]) => ({
    name,
    digest: sha256(value),
    updatedAt: branch.createdAt,
  }));
  // ALTER SYSTEM settings are files in the data folder, so they come along with the data only.
  const copied = { auth, postgrest, storage, realtime, functions, secrets, postgres: branch.withData ? postgres : {} };
  return options.context.register({
    name: body.branch_name,
    organizationId: parent.organizationId,
    region: body.region ?? parent.region,
    size: body.desired_instance_size ?? "micro",
    password: branch.password,
    settings: copied,
    branch,
  });
}

function newBranch(options: { parentRef: string; name: string; isDefault: boolean }): BranchRecord {
  const now = new Date().toISOString();
  return {
    ...options,
    id: randomUUID(),
    persistent: options.isDefault,
    withData: false,
    gitBranch: null,
    notifyUrl: null,
    status: options.isDefault ? "FUNCTIONS_DEPLOYED" : "CREATING_PROJECT",
    createdAt: now,
    updatedAt: now,
    password: options.isDefault ? "" : randomPassword(),
  };
}

/** The default branch first; one that is being removed is not listed any more. */
function allBranches(context: ApiContext, parent: ProjectRecord): (ProjectRecord & { branch: BranchRecord })[] {
  const main = parent.branch?.isDefault ? [{ ...parent, branch: parent.branch }] : [];
  return [...main, ...branchesOf(context, parent.ref).filter(({ status }) => status !== "GOING_DOWN")];
}
