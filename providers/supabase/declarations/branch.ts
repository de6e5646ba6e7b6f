import { z } from "zod";
import type { Declaration } from "../../host/declaration.ts";
import { projectRef } from "../config/project-ref.ts";
import { INSTANCE_SIZES, REGIONS } from "../contract.ts";
import { branchDatabase, connection } from "./connection.ts";

/** Inputs of a branch. Bounds: `CreateBranchBody` of the API's description. */
export const branchInputs = z.strictObject({
  parentProjectRef: projectRef.meta({
    description: "Ref of the project that is branched. Changing it replaces the branch.",
    replaces: true,
  }),
  gitBranch: z.string().min(1, "must not be empty").describe("Git branch it stands for."),
  name: z.string().min(1).optional().describe("Default: `gitBranch`. Unique within the project."),
  region: z.enum(REGIONS).optional().meta({
    description: "Region code. Changing it replaces the branch.",
    replaces: true,
    open: true,
    typeName: "Region",
  }),
  persistent: z.boolean().optional().describe("Whether it outlives its pull request."),
  withData: z.boolean().optional().meta({
    description: "Whether it starts with the data of its parent. Changing it replaces the branch.",
    replaces: true,
  }),
  instanceSize: z.enum(INSTANCE_SIZES).optional().meta({
    description: "Compute size. Changing it replaces the branch.",
    replaces: true,
    open: true,
    typeName: "InstanceSize",
  }),
  expiresAt: z.iso
    .datetime({ offset: true, message: "expected a time such as 2026-01-02T03:04:05Z" })
    .optional()
    .describe("Time (ISO 8601) from which on refresh asks for its removal."),
});

export const branchDeclaration = {
  token: "supabase:index/branch:Branch",
  description:
    "A branch of a project, waited for until its database accepts a log-in. Deleting a persistent one demotes it first.",
  inputs: branchInputs,
  outputs: {
    projectRef: z.string().describe("Ref of the project that the branch is."),
    status: z.string().describe("What the branch last ran through, as the platform words it."),
    database: branchDatabase.meta({ description: "Its database. A secret.", secret: true }),
    apiUrl: z.string().describe("Base URL of its API, its poolers and its keys: as of a `Project`."),
    directConnection: connection.describe("The database's own address."),
    sessionPooler: connection.describe(
      "The session pooler: IPv4, one server connection per client. For migrations and postgres_fdw.",
    ),
    transactionPooler: connection.describe(
      "The transaction pooler: for applications. No session state, no postgres_fdw.",
    ),
    anonKey: z.string().optional().describe("Legacy key `anon`; absent where legacy keys are not in use."),
    serviceRoleKey: z.string().optional().meta({ description: "Secret.", secret: true }),
  },
} satisfies Declaration;

export type BranchInputs = z.infer<typeof branchInputs>;
