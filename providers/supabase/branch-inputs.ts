import { z } from "zod";
import { projectRef } from "./config/config-kind.ts";
import { poolerConnections } from "./connections.ts";
import { type BranchBody, type BranchDetailBody, INSTANCE_SIZES, REGIONS } from "./contract.ts";
import type { Connection } from "./login.ts";
import type { ManagementApi } from "./management-api.ts";
import { apiUrl, keyOutputs } from "./project-state.ts";

/** Inputs of a branch. Bounds: `CreateBranchBody` of the API's description. */
export const branchInputs = z.strictObject({
  parentProjectRef: projectRef,
  gitBranch: z.string().min(1, "must not be empty"),
  name: z.string().min(1).optional(),
  region: z.enum(REGIONS).optional(),
  persistent: z.boolean().optional(),
  withData: z.boolean().optional(),
  instanceSize: z.enum(INSTANCE_SIZES).optional(),
  expiresAt: z.iso.datetime({ offset: true, message: "expected a time such as 2026-01-02T03:04:05Z" }).optional(),
});

export type BranchInputs = z.infer<typeof branchInputs>;

export interface BranchState extends BranchInputs {
  name: string;
  /** Ref of the project that the branch is. */
  projectRef: string;
  /** What the branch last ran through, as the platform words it. */
  status: BranchBody["status"];
  /** In the bridged provider's form. */
  database: {
    id: string;
    host: string;
    port: number;
    user: string | undefined;
    password: string | undefined;
    jwtSecret: string | undefined;
    version: string;
    status: string;
  };
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
    apiUrl: apiUrl(database.host),
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
