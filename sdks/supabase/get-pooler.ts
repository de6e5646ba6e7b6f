import * as pulumi from "@pulumi/pulumi";

export interface GetPoolerArgs {
  /** Project ref. */
  projectRef: string;
}

export interface GetPoolerResult {
  id: string;
  projectRef: string;
  /** Connection string per pooler mode (`transaction`, `session`), with `[YOUR-PASSWORD]` in the password's place. */
  url: Record<string, string>;
}

/** Reads the connection strings of a project's poolers. Empty while the platform sets them up. */
export function getPooler(args: GetPoolerArgs, opts?: pulumi.InvokeOptions): Promise<GetPoolerResult> {
  return pulumi.runtime.invoke("supabase:index/getPooler:getPooler", args, opts ?? {});
}

/** The same for arguments that are known later, such as the ref of a new project. */
export function getPoolerOutput(
  args: { projectRef: pulumi.Input<string> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetPoolerResult> {
  return pulumi.runtime.invokeOutput("supabase:index/getPooler:getPooler", args, opts ?? {});
}
