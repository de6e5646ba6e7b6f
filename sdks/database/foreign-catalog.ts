import * as pulumi from "@pulumi/pulumi";

export interface ForeignCatalogArgs {
  /** Project whose database reads the catalog; a change replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Name of the foreign server. Default `prod_catalog`. A change replaces the resource. */
  server?: pulumi.Input<string>;
  /** Schema of the tables in the publisher's database. Default `catalog`. */
  remoteSchema?: pulumi.Input<string>;
  /** Schema of the foreign tables here. Default `catalog`. A change replaces the resource. */
  localSchema?: pulumi.Input<string>;
  /** Names of the tables, at least one. */
  tables: pulumi.Input<pulumi.Input<string>[]>;
  /** The reader's login in the publisher's database; through a session pooler LOGIN.REF. */
  user: pulumi.Input<string>;
  /** Name of the Vault secret with that login's password. */
  vaultSecret: pulumi.Input<string>;
  /** Revision of that secret; a change writes the mappings again. */
  secretRevision?: pulumi.Input<string>;
  /** Roles that read the catalog; each gets a mapping and SELECT. Default postgres, service_role, authenticated. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Options of the server, such as host, port, dbname, sslmode. Never credentials. */
  options: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Ranges the publisher's network restrictions admit, as its hand-off says. A connection that fails is explained with
   * them. Default none: everybody is admitted, or nothing is known.
   */
  allowedFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /** How long the publisher may take to answer one probe. Default 10 s. */
  timeoutSeconds?: pulumi.Input<number>;
}

/**
 * A schema of another database as foreign tables: server, mappings, tables and grants, kept in step with the publisher.
 * Tables are altered in place, so that what depends on them stays; a difference that would break it is refused.
 */
export class ForeignCatalog extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly server: pulumi.Output<string>;
  declare readonly localSchema: pulumi.Output<string>;
  declare readonly tables: pulumi.Output<string[]>;
  declare readonly roles: pulumi.Output<string[]>;
  declare readonly options: pulumi.Output<Record<string, string>>;
  /** What was found not to be as it should, in words; empty after an update. */
  declare readonly differences: pulumi.Output<string[]>;
  /** Per role `ok`, or why it cannot read the catalog. */
  declare readonly probes: pulumi.Output<Record<string, string>>;
  /** What the publisher keeps from its reader (rows, tables), in words; only the publisher can change it. */
  declare readonly withheld: pulumi.Output<string[]>;

  constructor(name: string, args: ForeignCatalogArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { differences: undefined, probes: undefined, withheld: undefined };
    super("database:index:ForeignCatalog", name, { ...args, ...outputs }, opts);
  }
}
