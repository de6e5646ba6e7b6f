import * as pulumi from "@pulumi/pulumi";

export interface GetApikeysArgs {
  /** Project ref. */
  projectRef: string;
}

export interface GetApikeysResult {
  id: string;
  projectRef: string;
  /** Legacy key `anon`; absent where legacy keys are not in use. */
  anonKey?: string;
  /** Legacy key `service_role`; absent where legacy keys are not in use. */
  serviceRoleKey?: string;
  /** First publishable key; absent where there is none. */
  publishableKey?: string;
  /** All secret keys. */
  secretKeys: { name: string; apiKey: string }[];
}

/**
 * Reads the API keys of a project. The answer holds secrets in clear: `getApikeysOutput` keeps them secret in state.
 */
export function getApikeys(args: GetApikeysArgs, opts?: pulumi.InvokeOptions): Promise<GetApikeysResult> {
  return pulumi.runtime.invoke("supabase:index/getApikeys:getApikeys", args, opts ?? {});
}

/** The same for arguments that are known later. All keys stay secret. */
export function getApikeysOutput(
  args: { projectRef: pulumi.Input<string> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetApikeysResult> {
  return pulumi.runtime.invokeOutput("supabase:index/getApikeys:getApikeys", args, opts ?? {});
}
