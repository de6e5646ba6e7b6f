import * as pulumi from "@pulumi/pulumi";

export interface ReaderRoleArgs {
  /** Project whose database is read; a change replaces the role. */
  projectRef: pulumi.Input<string>;
  /**
   * Name of the NOLOGIN group that holds the grants; its logins are NAME_a and NAME_b. Default `fdw_catalog_ro`. An
   * existing login of that name is turned into the group. A change replaces the role.
   */
  name?: pulumi.Input<string>;
  /** The one schema it may read. Default `catalog`. A change replaces the role. */
  schema?: pulumi.Input<string>;
  /** Odd generations use NAME_a, even ones NAME_b. Raise it by one to rotate; the other login stays valid. Default 1. */
  generation?: pulumi.Input<number>;
  /**
   * Connections each login may hold at once. Default 30: half of what the smallest hosted size accepts, so that previews
   * never take Production's own.
   */
  connectionLimit?: pulumi.Input<number>;
  /** Default of a session, which the reader can change for itself, as with the ones below. Default 60 s. */
  statementTimeoutSeconds?: pulumi.Input<number>;
  /** How long an open transaction that does nothing may hold back vacuum. Default 60 s. */
  idleInTransactionTimeoutSeconds?: pulumi.Input<number>;
  /** After which an unused connection ends. Default 300 s. */
  idleSessionTimeoutSeconds?: pulumi.Input<number>;
  /** Default 5 s. */
  lockTimeoutSeconds?: pulumi.Input<number>;
  /** How long any transaction may hold back vacuum, busy or not. PostgreSQL 17 and later. Default 600 s. */
  transactionTimeoutSeconds?: pulumi.Input<number>;
  /**
   * Takes the right to log in from the other login, ends its idle sessions, and drops it once its last query has ended.
   * Set it once no role is mapped to that one any more, never together with a new generation. Default false.
   */
  retirePrevious?: pulumi.Input<boolean>;
}

/** A role that can read one schema and nothing else, with a generated password. */
export class ReaderRole extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly schema: pulumi.Output<string>;
  declare readonly generation: pulumi.Output<number>;
  declare readonly connectionLimit: pulumi.Output<number>;
  /** The login of this generation. */
  declare readonly user: pulumi.Output<string>;
  /** Its password, proven by logging in. A secret. */
  declare readonly password: pulumi.Output<string>;
  /** False when the server was found to refuse the password. */
  declare readonly passwordAccepted: pulumi.Output<boolean>;
  /** The other login while it may still log in, else empty. */
  declare readonly previousUser: pulumi.Output<string>;
  /** What was found not to be as it should, in words; empty after an update. */
  declare readonly differences: pulumi.Output<string[]>;
  /**
   * What keeps tables or rows from the reader and is not this role's to change, in words with the way out: tables and
   * policies of other owners, restrictive policies, tables of which the reader counts fewer rows than there are.
   */
  declare readonly beyondReach: pulumi.Output<string[]>;
  /** What the login may do beyond SELECT in the schema, in words; privileges of PUBLIC, mostly. */
  declare readonly beyondSelect: pulumi.Output<string[]>;
  /**
   * Ranges the project's network restrictions admit, as the Management API says; none where everybody is admitted, or
   * where nothing is known. For `HandOff`: subscribers cannot ask.
   */
  declare readonly allowedFrom: pulumi.Output<string[]>;

  constructor(name: string, args: ReaderRoleArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      user: undefined,
      password: undefined,
      passwordAccepted: undefined,
      previousUser: undefined,
      differences: undefined,
      beyondReach: undefined,
      allowedFrom: undefined,
      beyondSelect: undefined,
    };
    const secret = { additionalSecretOutputs: ["password"] };
    super("database:index:ReaderRole", name, { ...args, ...outputs }, pulumi.mergeOptions(opts, secret));
  }
}
