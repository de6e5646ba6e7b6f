import * as pulumi from "@pulumi/pulumi";
import type { BranchDatabase } from "./branch.ts";

export interface GetBranchArgs {
  /** Ref of the project that was branched. */
  parentProjectRef: string;
}

export interface GetBranchResult {
  id: string;
  /** Ref of the project that was branched. */
  parentProjectRef: string;
  /** One for each branch. */
  branches: {
    id: string;
    name: string;
    gitBranch: string;
    projectRef: string;
    persistent: boolean;
    status: string;
    database: BranchDatabase;
  }[];
}

/** The branches of a project besides its default one. The answer holds passwords: use `getBranchOutput` to keep them secret in state. */
export function getBranch(args: GetBranchArgs, opts?: pulumi.InvokeOptions): Promise<GetBranchResult> {
  return pulumi.runtime.invoke("supabase:index/getBranch:getBranch", args, opts ?? {});
}

/** The same for arguments that are known later. */
export function getBranchOutput(
  args: { parentProjectRef: pulumi.Input<string> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetBranchResult> {
  return pulumi.runtime.invokeOutput("supabase:index/getBranch:getBranch", args, opts ?? {});
}
