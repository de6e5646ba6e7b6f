import * as pulumi from "@pulumi/pulumi";

export interface PoolerSettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Server connections for each pair of user and database, 0 to 3000. */
  defaultPoolSize?: pulumi.Input<number>;
}

/** The connection pooler of a project. Only what is set is managed; deleting leaves it as it is. */
export class PoolerSettings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly defaultPoolSize: pulumi.Output<number | undefined>;

  constructor(name: string, args: PoolerSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/poolerSettings:PoolerSettings", name, { ...args }, opts);
  }
}
