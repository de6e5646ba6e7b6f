import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /** Access token of the Management API. Default: `supabase:accessToken`, else SUPABASE_ACCESS_TOKEN. A secret. */
  accessToken?: pulumi.Input<string>;
  /**
   * Base URL of the Management API. Default: `supabase:endpoint`, else SUPABASE_API_ENDPOINT, else the hosted platform.
   * Plain http is refused off loopback.
   */
  endpoint?: pulumi.Input<string>;
}

/** A configured connection to the Management API, for programs that use more than one. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const accessToken = args.accessToken === undefined ? undefined : pulumi.secret(args.accessToken);
    super("supabase", name, { ...args, accessToken }, opts);
  }
}
