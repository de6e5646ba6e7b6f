import * as pulumi from "@pulumi/pulumi";

/** How a reader reaches a database. */
export interface HandOffReader {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  database: pulumi.Input<string>;
  user: pulumi.Input<string>;
  password: pulumi.Input<string>;
  /** Default `require`. */
  sslmode?: pulumi.Input<string>;
  /** Name in the server's certificate, where it is not `host`. */
  serverName?: pulumi.Input<string>;
  /** Ranges the publisher's network restrictions admit; none or left out where everybody is, or nothing is known. */
  allowedFrom?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface HandOffArgs {
  /** Path of the file; a relative one starts at the folder of the program. A change moves it. */
  path: pulumi.Input<string>;
  /** age public keys (age1...) of those who may open it. */
  recipients: pulumi.Input<pulumi.Input<string>[]>;
  reader: pulumi.Input<HandOffReader>;
}

/** A file that tells others how to reach a database, age-encrypted for their keys. `openHandOff` opens it. */
export class HandOff extends pulumi.CustomResource {
  declare readonly path: pulumi.Output<string>;
  declare readonly recipients: pulumi.Output<string[]>;
  /** The content of the file, for those who carry it elsewhere. Not a secret: it is encrypted. */
  declare readonly sealed: pulumi.Output<string>;
  /** SHA-256 of the file, in hexadecimal. */
  declare readonly sha256: pulumi.Output<string>;
  /** False when the file was found to be another than the one written. */
  declare readonly fileMatches: pulumi.Output<boolean>;

  constructor(name: string, args: HandOffArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { sealed: undefined, sha256: undefined, fileMatches: undefined };
    super("database:index:HandOff", name, { ...args, reader: pulumi.secret(args.reader), ...outputs }, opts);
  }
}
