import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /** Access token of the Management API. Default: `supabase:accessToken`, else SUPABASE_ACCESS_TOKEN. A secret. */
  accessToken?: pulumi.Input<string>;
  /**
   * Base URL of the Management API. Default: `supabase:endpoint`, else SUPABASE_API_ENDPOINT, else the hosted platform.
   * Plain http is refused off loopback.
   */
  endpoint?: pulumi.Input<string>;
  /**
   * Requests a minute that are sent at most, over all resources. Default: `supabase:requestsPerMinute`, else
   * SUPABASE_REQUESTS_PER_MINUTE, else 60 (the platform's limit for a user), and no limit on loopback. 0: no limit.
   */
  requestsPerMinute?: pulumi.Input<string>;
  /**
   * Seconds until a request without an answer is given up. Default: `supabase:requestTimeoutSeconds`, else
   * SUPABASE_REQUEST_TIMEOUT_SECONDS, else 30.
   */
  requestTimeoutSeconds?: pulumi.Input<string>;
}

/** A configured connection to the Management API, for programs that use more than one. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const accessToken = args.accessToken === undefined ? undefined : pulumi.secret(args.accessToken);
    super("supabase", name, { ...args, accessToken }, opts);
  }
}
