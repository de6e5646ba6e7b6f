import * as pulumi from "@pulumi/pulumi";

export interface ApikeyArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** 4 to 64 lower-case letters, digits and `_`; unique among the keys of its type. */
  name: pulumi.Input<string>;
  /** Default: secret. Changing it replaces the key. */
  type?: pulumi.Input<"publishable" | "secret">;
  /** For people. */
  description?: pulumi.Input<string>;
}

/** A publishable or secret key of a project. Deleting it makes it invalid. */
export class Apikey extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<"publishable" | "secret" | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  /** The key itself. A secret. */
  declare readonly apiKey: pulumi.Output<string>;
  /** Role that a secret key acts as. */
  declare readonly secretJwtTemplate: pulumi.Output<{ role: string } | undefined>;

  constructor(name: string, args: ApikeyArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/apikey:Apikey", name, { apiKey: undefined, secretJwtTemplate: undefined, ...args }, opts);
  }
}
