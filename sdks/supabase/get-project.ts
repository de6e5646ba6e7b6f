import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./connection.ts";

export interface GetProjectArgs {
  /** Project ref. */
  projectRef: string;
}

export interface GetProjectResult {
  id: string;
  /** Project ref. */
  projectRef: string;
  /** Slug of its organization. */
  organizationId: string;
  /** Name. */
  name: string;
  /** Region code. */
  region: string;
  /** Status as the platform words it. */
  status: string;
  /** ISO 8601. */
  createdAt: string;
  /** The database's own address. */
  directConnection: Connection;
  /** Absent while the platform sets it up. */
  sessionPooler?: Connection;
  /** Absent while the platform sets it up. */
  transactionPooler?: Connection;
}

/** Reads a project as it is now. Fails when the token sees none. */
export function getProject(args: GetProjectArgs, opts?: pulumi.InvokeOptions): Promise<GetProjectResult> {
  return pulumi.runtime.invoke("supabase:index/getProject:getProject", args, opts ?? {});
}

/** The same for arguments that are known later. */
export function getProjectOutput(
  args: { projectRef: pulumi.Input<string> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetProjectResult> {
  return pulumi.runtime.invokeOutput("supabase:index/getProject:getProject", args, opts ?? {});
}
