import { z } from "zod";
import type { Func, Properties } from "../host/kind.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiOf } from "./api-of.ts";
import { branchState } from "./branch-state.ts";
import { directConnection, poolerConnections } from "./connections.ts";
import {
  getApikeysDeclaration,
  getBranchDeclaration,
  getHealthDeclaration,
  getOrganizationsDeclaration,
  getPoolerDeclaration,
  getProjectDeclaration,
} from "./declarations/functions.ts";
import { keyOutputs } from "./project-state.ts";

/** Connection strings of the poolers by mode, with `[YOUR-PASSWORD]` in the password's place, as the API has them. */
export const getPooler: Func<ManagementAccess> = {
  declaration: getPoolerDeclaration,
  async invoke(call, given) {
    const { projectRef } = parse(getPoolerDeclaration.inputs, given);
    const api = apiOf(call);
    const poolers = await api.getPoolers(projectRef);
    const primary = poolers.filter((pooler) => pooler.database_type === "PRIMARY");
    const url = Object.fromEntries(primary.map((pooler) => [pooler.pool_mode, pooler.connection_string]));
    return { id: projectRef, projectRef, url };
  },
};

/** The API keys of a project. */
export const getApikeys: Func<ManagementAccess> = {
  declaration: getApikeysDeclaration,
  async invoke(call, given) {
    const { projectRef } = parse(getApikeysDeclaration.inputs, given);
    const api = apiOf(call);
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
  declaration: getProjectDeclaration,
  async invoke(call, given) {
    const { projectRef } = parse(getProjectDeclaration.inputs, given);
    const api = apiOf(call);
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
  declaration: getOrganizationsDeclaration,
  async invoke(call) {
    const found = await apiOf(call).listOrganizations();
    return { id: "organizations", organizations: found.map(({ id, slug, name }) => ({ id, slug, name })) };
  },
};

/** The branches of a project besides its default one, with their databases. */
export const getBranch: Func<ManagementAccess> = {
  declaration: getBranchDeclaration,
  async invoke(call, given) {
    const { parentProjectRef: projectRef } = parse(getBranchDeclaration.inputs, given);
    const api = apiOf(call);
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
  declaration: getHealthDeclaration,
  async invoke(call, given) {
    const { projectRef, services } = parse(getHealthDeclaration.inputs, given);
    const found = await apiOf(call).getHealth(projectRef, services);
    const answers = found.map(({ name, healthy, status, error }) => ({ name, healthy, status, error }));
    return { id: projectRef, projectRef, healthy: answers.every((one) => one.healthy), services: answers };
  },
};

function parse<Inputs extends z.ZodObject>(inputs: Inputs, given: Properties): z.infer<Inputs> {
  const parsed = inputs.safeParse(given);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
