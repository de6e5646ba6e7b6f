import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./connection.ts";

/** How the database of a branch is reached. */
export interface BranchDatabase {
  /** Ref of the project that the branch is. */
  id: string;
  host: string;
  port: number;
  user: string;
  password: string;
  jwtSecret?: string;
  version: string;
  status: string;
}

export interface BranchArgs {
  /** Ref of the project that is branched. Changing it replaces the branch. */
  parentProjectRef: pulumi.Input<string>;
  /** Git branch it stands for. */
  gitBranch: pulumi.Input<string>;
  /** Default: `gitBranch`. Unique within the project. */
  name?: pulumi.Input<string>;
  /** Region code. Changing it replaces the branch. */
  region?: pulumi.Input<string>;
  /** Whether it outlives its pull request. */
  persistent?: pulumi.Input<boolean>;
  /** Whether it starts with the data of its parent. Changing it replaces the branch. */
  withData?: pulumi.Input<boolean>;
  /** Compute size. Changing it replaces the branch. */
  instanceSize?: pulumi.Input<string>;
  /** Time (ISO 8601) from which on refresh asks for its removal. */
  expiresAt?: pulumi.Input<string>;
}

/** A branch of a project, waited for until its database accepts a log-in. Deleting a persistent one demotes it first. */
export class Branch extends pulumi.CustomResource {
  declare readonly parentProjectRef: pulumi.Output<string>;
  declare readonly gitBranch: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string | undefined>;
  declare readonly region: pulumi.Output<string | undefined>;
  declare readonly persistent: pulumi.Output<boolean | undefined>;
  declare readonly withData: pulumi.Output<boolean | undefined>;
  declare readonly instanceSize: pulumi.Output<string | undefined>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  /** Ref of the project that the branch is. */
  declare readonly projectRef: pulumi.Output<string>;
  /** What the branch last ran through, as the platform words it. */
  declare readonly status: pulumi.Output<string>;
  /** Its database. A secret. */
  declare readonly database: pulumi.Output<BranchDatabase>;
  /** Base URL of its API, its poolers and its keys: as of a `Project`. */
  declare readonly apiUrl: pulumi.Output<string>;
  declare readonly directConnection: pulumi.Output<Connection>;
  declare readonly sessionPooler: pulumi.Output<Connection>;
  declare readonly transactionPooler: pulumi.Output<Connection>;
  declare readonly anonKey: pulumi.Output<string | undefined>;
  /** Secret. */
  declare readonly serviceRoleKey: pulumi.Output<string | undefined>;

  constructor(name: string, args: BranchArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/branch:Branch", name, { ...outputs, ...args }, opts);
  }
}

/** Properties that exist once the provider has answered. */
const outputs = {
  projectRef: undefined,
  status: undefined,
  database: undefined,
  apiUrl: undefined,
  directConnection: undefined,
  sessionPooler: undefined,
  transactionPooler: undefined,
  anonKey: undefined,
  serviceRoleKey: undefined,
};
