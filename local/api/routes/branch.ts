import { type Context, Hono } from "hono";
import { z } from "zod";
import type { BranchConfigBody } from "../../contract.ts";
import type { BranchRecord, ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError, readBody } from "../errors.ts";
import { branchBody } from "./branches.ts";

const updateBody = z.object({
  branch_name: z.string().min(1).optional(),
  git_branch: z.string().optional(),
  reset_on_push: z.boolean().optional(),
  persistent: z.boolean().optional(),
  status: z
    .enum([
      "CREATING_PROJECT",
      "RUNNING_MIGRATIONS",
      "MIGRATIONS_PASSED",
      "MIGRATIONS_FAILED",
      "FUNCTIONS_DEPLOYED",
      "FUNCTIONS_FAILED",
    ])
    .optional(),
  request_review: z.boolean().optional(),
  notify_url: z.url().optional(),
});

/** /v1/branches/:id, where the id may also be the ref of the branch's project: how to connect, change, delete. */
export function branchApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/:id", (c) => c.json(configBody(context, branchOf(context, c))));
  app.patch("/:id", async (c) => {
    const record = branchOf(context, c);
    const body = await readBody(c, updateBody);
    const { branch } = record;
    if (body.branch_name !== undefined) {
      branch.name = body.branch_name;
      if (!branch.isDefault) record.name = body.branch_name;
    }
    branch.gitBranch = body.git_branch ?? branch.gitBranch;
    branch.persistent = body.persistent ?? branch.persistent;
    branch.status = body.status ?? branch.status;
    branch.notifyUrl = body.notify_url ?? branch.notifyUrl;
    branch.updatedAt = new Date().toISOString();
    await context.state.save();
    return c.json(branchBody(record));
  });
  app.delete("/:id", async (c) => {
    const record = branchOf(context, c);
    if (record.branch.isDefault) throw new ApiError(422, "Cannot delete the default branch");
    if (record.branch.persistent) throw new ApiError(422, "Cannot delete persistent branch");
    await context.lifecycle.remove(record);
    return c.json({ message: "ok" });
  });
  return app;
}

/** One that is being removed is gone already, as there. */
function branchOf(context: ApiContext, c: Context<ApiEnv>): ProjectRecord & { branch: BranchRecord } {
  const id = c.req.param("id") ?? "";
  if (!/^([a-z]{20}|[0-9a-f-]{36})$/.test(id)) throw new ApiError(400, "branch_id_or_ref: must be a ref or a UUID");
  const { projects } = context.state.value;
  const found = projects.find((record) => record.branch && (record.ref === id || record.branch.id === id));
  if (!found?.branch || found.status === "GOING_DOWN") throw new ApiError(404, `Branch ${id} not found`);
  if (found.organizationId !== c.get("organization").id) {
    throw new ApiError(403, "Your account does not have the necessary privileges to access this endpoint.");
  }
  c.set("project", found);
  // The record itself, not a copy: handlers change it.
  return found as ProjectRecord & { branch: BranchRecord };
}

/** Of the default branch the platform does not know the password, so it is left out. */
function configBody(
  context: ApiContext,
  record: ProjectRecord & { branch: BranchRecord },
): Omit<BranchConfigBody, "db_pass"> & { db_pass?: string } {
  return {
    ref: record.ref,
    postgres_version: context.binaries.postgresVersion,
    postgres_engine: "17",
    release_channel: "ga",
    status: record.status,
    db_host: record.address.host,
    db_port: record.address.port,
    api_port: record.address.apiPort,
    db_user: "postgres",
    ...(record.branch.password === "" ? {} : { db_pass: record.branch.password }),
    jwt_secret: record.jwtSecret,
  };
}
