import * as pulumi from "@pulumi/pulumi";

export interface ApiSettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Schemas that are exposed, separated by commas. */
  dbSchema?: pulumi.Input<string>;
  /** Schemas on the search path of every request, separated by commas. */
  dbExtraSearchPath?: pulumi.Input<string>;
  /** Most rows of an answer, 0 to 1000000. */
  maxRows?: pulumi.Input<number>;
  /** Connections the API keeps, 0 to 1000. */
  dbPool?: pulumi.Input<number>;
}

/** What the REST API of a project shows of its database. Only what is set is managed; deleting leaves it as it is. */
export class ApiSettings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly dbSchema: pulumi.Output<string | undefined>;
  declare readonly dbExtraSearchPath: pulumi.Output<string | undefined>;
  declare readonly maxRows: pulumi.Output<number | undefined>;
  declare readonly dbPool: pulumi.Output<number | undefined>;

  constructor(name: string, args: ApiSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/apiSettings:ApiSettings", name, { ...args }, opts);
  }
}
