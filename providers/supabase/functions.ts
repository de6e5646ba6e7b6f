import { z } from "zod";
import type { Call, Func, Properties } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiOf } from "./api-of.ts";
import { branchState } from "./branch-inputs.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import type { ManagementApi } from "./management-api.ts";
import { keyOutputs } from "./project-state.ts";

const args = z.strictObject({ projectRef: z.string().regex(/^[a-z]{20}$/, "expected 20 lower-case letters") });

/** Connection strings of the poolers by mode, with `[YOUR-PASSWORD]` in the password's place, as the API has them. */
export const getPooler: Func<ManagementAccess> = {
  token: "supabase:index/getPooler:getPooler",
  secrets: [],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, given);
    const poolers = await api.getPoolers(projectRef);
    const primary = poolers.filter((pooler) => pooler.database_type === "PRIMARY");
    const url = Object.fromEntries(primary.map((pooler) => [pooler.pool_mode, pooler.connection_string]));
    return { id: projectRef, projectRef, url };
  },
};

/** The API keys of a project. */
export const getApikeys: Func<ManagementAccess> = {
  token: "supabase:index/getApikeys:getApikeys",
  secrets: ["anonKey", "serviceRoleKey", "publishableKey", "secretKeys"],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, given);
    const keys = await api.getApiKeys(projectRef);
    const { anonKey, serviceRoleKey, publishableKey } = keyOutputs(keys);
    const secretKeys = keys
      .filter((key) => key.type === "secret")
      .map((key) => ({ name: key.name, apiKey: key.api_key ?? null }));
    return { id: projectRef, projectRef, anonKey, serviceRoleKey, publishableKey, secretKeys };
  },
};

/** A project as it is now; fails when there is none. */
export const getProject: Func<ManagementAccess> = {
  token: "supabase:index/getProject:getProject",
  secrets: [],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, given);
    const project = await api.getProject(projectRef);
    if (!project) throw new Error(`there is no project ${projectRef} that this token sees`);
    const poolers = poolerConnections(await api.getPoolers(projectRef));
    return {
      id: projectRef,
      projectRef,
      organizationId: project.organization_slug,
      name: project.name,
      region: project.region,
      status: project.status,
      createdAt: project.created_at,
      directConnection: directConnection(project),
      sessionPooler: poolers?.session,
      transactionPooler: poolers?.transaction,
    };
  },
};

/** The organizations the token sees. */
export const getOrganizations: Func<ManagementAccess> = {
  token: "supabase:index/getOrganizations:getOrganizations",
  secrets: [],
  async invoke(call) {
    const found = await apiOf(call).listOrganizations();
    return { id: "organizations", organizations: found.map(({ id, slug, name }) => ({ id, slug, name })) };
  },
};

/** The branches of a project besides its default one, with their databases. */
export const getBranch: Func<ManagementAccess> = {
  token: "supabase:index/getBranch:getBranch",
  secrets: ["branches"],
  async invoke(call, given) {
    const { api, projectRef } = prepare(call, { projectRef: given.parentProjectRef });
    const branches = (await api.listBranches(projectRef)).filter((branch) => !branch.is_default);
    const details = await Promise.all(
      branches.map(async (branch) => ({ branch, detail: await api.getBranch(branch.id) })),
    );
    const states = details.flatMap(({ branch, detail }) =>
      detail ? [{ id: branch.id, ...branchState(branch, detail, {}) }] : [],
    );
    return { id: projectRef, parentProjectRef: projectRef, branches: states };
  },
};

/** Health of a project's services; those of the database, unless named. */
export const getHealth: Func<ManagementAccess> = {
  token: "supabase:index/getHealth:getHealth",
  secrets: [],
  async invoke(call, { projectRef: ref, services = ["db", "pooler"] }) {
    const { api, projectRef } = prepare(call, { projectRef: ref });
    const names = z
      .array(z.string().regex(/^[a-z_]+$/))
      .min(1)
      .parse(services);
    const found = await api.getHealth(projectRef, names);
    const answers = found.map(({ name, healthy, status, error }) => ({ name, healthy, status, error }));
    return { id: projectRef, projectRef, healthy: answers.every((one) => one.healthy), services: answers };
  },
};

function prepare(call: Call<ManagementAccess>, given: Properties): { api: ManagementApi; projectRef: string } {
  const parsed = args.safeParse(given);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const api = apiOf(call);
  return { api, projectRef: parsed.data.projectRef };
}
