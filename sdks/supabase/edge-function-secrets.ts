import * as pulumi from "@pulumi/pulumi";

export interface EdgeFunctionSecretsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Names must not begin with `SUPABASE_`. A secret. */
  secrets: pulumi.Input<{ name: string; value: string }[]>;
}

/** Environment variables of the functions of a project. Others that it has are left alone; deleting removes these. */
export class EdgeFunctionSecrets extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly secrets: pulumi.Output<{ name: string; value: string }[]>;
  /** What the API shows in the place of each value. */
  declare readonly secretDigests: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: EdgeFunctionSecretsArgs, opts?: pulumi.CustomResourceOptions) {
    const secrets = pulumi.secret(args.secrets);
    super(
      "supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets",
      name,
      { secretDigests: undefined, ...args, secrets },
      opts,
    );
  }
}
