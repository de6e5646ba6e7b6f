import type { z } from "zod";
import { poolerConnections } from "./connections.ts";
import type { BranchBody, BranchDetailBody } from "./contract.ts";
import type { BranchInputs } from "./declarations/branch.ts";
import type { branchDatabase } from "./declarations/connection.ts";
import type { Connection } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";
import { apiUrl, keyOutputs } from "./project-state.ts";

export interface BranchState extends BranchInputs {
  name: string;
  /** Ref of the project that the branch is. */
  projectRef: string;
  /** What the branch last ran through, as the platform words it. */
  status: BranchBody["status"];
  /** In the bridged provider's form. */
  database: z.infer<typeof branchDatabase>;
  apiUrl?: string;
  directConnection?: Connection;
  sessionPooler?: Connection | undefined;
  transactionPooler?: Connection | undefined;
  anonKey?: string | undefined;
  serviceRoleKey?: string | undefined;
}

/** Adds addresses and keys, which are calls of their own. */
export async function completeBranch(api: ManagementApi, state: BranchState): Promise<BranchState> {
  const { projectRef: ref, database } = state;
  const [poolers, keys] = await Promise.all([api.getPoolers(ref), api.getApiKeys(ref)]);
  const pooled = poolerConnections(poolers);
  const { anonKey, serviceRoleKey } = keyOutputs(keys);
  return {
    ...state,
    directConnection: {
      host: database.host,
      port: database.port,
      user: database.user ?? "postgres",
      database: "postgres",
    },
    sessionPooler: pooled?.session,
    transactionPooler: pooled?.transaction,
    anonKey,
    serviceRoleKey,
  };
}

/** What two looks at a branch give. `known` are the inputs the API does not answer. */
export function branchState(body: BranchBody, detail: BranchDetailBody, known: Partial<BranchInputs>): BranchState {
  return {
    parentProjectRef: body.parent_project_ref,
    gitBranch: body.git_branch ?? body.name,
    name: body.name,
    region: known.region,
    persistent: body.persistent,
    withData: body.with_data,
    instanceSize: known.instanceSize,
    expiresAt: known.expiresAt,
    projectRef: body.project_ref,
    status: body.status,
    apiUrl: apiUrl(detail.db_host, detail.api_port),
    database: {
      id: detail.ref,
      host: detail.db_host,
      port: detail.db_port,
      user: detail.db_user,
      password: detail.db_pass,
      jwtSecret: detail.jwt_secret,
      version: detail.postgres_version,
      status: detail.status,
    },
  };
}

/** A branch among those of its parent; undefined when there is none (any more). */
export async function findBranch(
  api: ManagementApi,
  parent: string,
  matches: (branch: BranchBody) => boolean,
): Promise<BranchBody | undefined> {
  return (await api.listBranches(parent)).find((branch) => !branch.is_default && matches(branch));
}
