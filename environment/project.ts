import type * as pulumi from "@pulumi/pulumi";
import * as supabase from "@pulumi/supabase";

/** What an environment needs to know of the project it lives in. A `supabase.Project` is one. */
export interface EnvironmentProject {
  ref: pulumi.Output<string>;
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  database: pulumi.Output<string>;
  user: pulumi.Output<string>;
  apiUrl: pulumi.Output<string>;
  sessionPooler: pulumi.Output<supabase.types.output.Connection>;
  transactionPooler: pulumi.Output<supabase.types.output.Connection>;
  anonKey: pulumi.Output<string | undefined>;
  serviceRoleKey: pulumi.Output<string | undefined>;
}

/** The branch an environment is to live in, instead of a project of its own. */
export interface BranchOf {
  /** Ref of the project that is branched. */
  parentProjectRef: string;
  /** Name of the branch, and of the Git branch it is said to stand for: none, so the platform pulls no files from one. */
  name: string;
  /** Time (ISO 8601) after which it is not needed any more. */
  expiresAt: string;
}

/** A branch as the project of an environment. */
export function branchedProject(
  name: string,
  { parentProjectRef, name: branchName, expiresAt }: BranchOf,
  parent: pulumi.Resource,
): { branch: supabase.Branch; project: EnvironmentProject; password: pulumi.Output<string> } {
  const args = { parentProjectRef, gitBranch: branchName, name: branchName, expiresAt };
  const branch = new supabase.Branch(name, args, { parent });
  const { directConnection: direct, apiUrl, sessionPooler, transactionPooler, anonKey, serviceRoleKey } = branch;
  const { host, port, user, database } = direct;
  const project = { ref: branch.projectRef, host, port, user, database, apiUrl };
  return {
    branch,
    project: { ...project, sessionPooler, transactionPooler, anonKey, serviceRoleKey },
    password: branch.database.apply(({ password = "" }) => password),
  };
}
