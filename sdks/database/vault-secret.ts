import * as pulumi from "@pulumi/pulumi";

export interface VaultSecretArgs {
  /** Project whose database holds the secret; a change replaces it. */
  projectRef: pulumi.Input<string>;
  /** Name in the Vault; a change replaces it. An existing secret of that name is adopted. */
  name: pulumi.Input<string>;
  /** What is stored. It travels as a bind parameter and is compared inside the database. */
  value: pulumi.Input<string>;
  /** Default empty. */
  description?: pulumi.Input<string>;
}

/** A named secret in the Vault of a project's database. */
export class VaultSecret extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** Its `id` in `vault.secrets`. */
  declare readonly secretId: pulumi.Output<string>;
  /** When the Vault last changed it (ISO 8601). Changes with the value; says nothing about it. */
  declare readonly revision: pulumi.Output<string>;
  /** False when the Vault was found to hold another value than the one recorded. */
  declare readonly valueMatches: pulumi.Output<boolean>;

  constructor(name: string, args: VaultSecretArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...args, value: pulumi.secret(args.value) };
    const outputs = { secretId: undefined, revision: undefined, valueMatches: undefined };
    super("database:index:VaultSecret", name, { ...props, ...outputs }, opts);
  }
}
