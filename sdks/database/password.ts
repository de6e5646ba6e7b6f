import * as pulumi from "@pulumi/pulumi";

export interface PasswordArgs {
  /** Characters, each a letter or a digit. Default 32, at least 16. */
  length?: pulumi.Input<number>;
  /** Raise it by one for a new password. Default 1. */
  generation?: pulumi.Input<number>;
}

/** A generated password, kept in the state. Letters and digits only, so that nothing has to escape it. */
export class Password extends pulumi.CustomResource {
  /** The password. A secret. */
  declare readonly result: pulumi.Output<string>;

  constructor(name: string, args: PasswordArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const secret = { additionalSecretOutputs: ["result"] };
    super("database:index:Password", name, { ...args, result: undefined }, pulumi.mergeOptions(opts, secret));
  }
}
