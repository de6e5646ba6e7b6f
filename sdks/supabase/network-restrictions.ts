import * as pulumi from "@pulumi/pulumi";

export interface NetworkRestrictionsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** All allowed ranges, IPv4 and IPv6, such as `203.0.113.0/24`. Everybody: `0.0.0.0/0` and `::/0`. */
  restrictions: pulumi.Input<string[]>;
}

/** From which addresses database and poolers of a project are reached. Deleting leaves the list as it is. */
export class NetworkRestrictions extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly restrictions: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkRestrictionsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/networkRestrictions:NetworkRestrictions", name, { ...args }, opts);
  }
}
