import * as pulumi from "@pulumi/pulumi";

export interface GetHealthArgs {
  /** Project ref. */
  projectRef: string;
  /** Default: `db` and `pooler`. */
  services?: string[];
}

export interface GetHealthResult {
  id: string;
  /** Project ref. */
  projectRef: string;
  /** Whether all of them are. */
  healthy: boolean;
  /** One for each service. */
  services: { name: string; healthy: boolean; status: string; error?: string }[];
}

/** Health of the services of a project, as the platform sees them. */
export function getHealth(args: GetHealthArgs, opts?: pulumi.InvokeOptions): Promise<GetHealthResult> {
  return pulumi.runtime.invoke("supabase:index/getHealth:getHealth", args, opts ?? {});
}

/** The same for arguments that are known later. */
export function getHealthOutput(
  args: { projectRef: pulumi.Input<string>; services?: pulumi.Input<string[]> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetHealthResult> {
  return pulumi.runtime.invokeOutput("supabase:index/getHealth:getHealth", args, opts ?? {});
}
