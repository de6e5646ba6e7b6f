import * as pulumi from "@pulumi/pulumi";

export interface SslEnforcementArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** True refuses plaintext. */
  enforced: pulumi.Input<boolean>;
}

/** Whether the database refuses connections without TLS. A change restarts a hosted database. Deleting leaves it as it is. */
export class SslEnforcement extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly enforced: pulumi.Output<boolean>;

  constructor(name: string, args: SslEnforcementArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/sslEnforcement:SslEnforcement", name, { ...args }, opts);
  }
}
