import * as pulumi from "@pulumi/pulumi";

export interface CatalogSnapshotArgs {
  /** Project whose database holds the copy; a change replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Name of the foreign server that exists while a copy is made. Default `prod_catalog_snapshot`. */
  server?: pulumi.Input<string>;
  /** Schema of the tables in the publisher's database. Default `catalog`. */
  remoteSchema?: pulumi.Input<string>;
  /** Schema of the tables here, which migrations made. Default `catalog`. A change replaces the resource. */
  localSchema?: pulumi.Input<string>;
  /** Names of the tables to fill, at least one. One that is added is copied by itself. */
  tables: pulumi.Input<pulumi.Input<string>[]>;
  /** The reader's login in the publisher's database; through a session pooler LOGIN.REF. */
  user: pulumi.Input<string>;
  /** Name of the Vault secret with that login's password. */
  vaultSecret: pulumi.Input<string>;
  /** Options of the server, such as host, port, dbname, sslmode. Never credentials. */
  options: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Ranges the publisher's network restrictions admit, as its hand-off says. A connection that fails is explained with
   * them. Default none: everybody is admitted, or nothing is known.
   */
  allowedFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /** Raise by one to copy everything again; rows of the copy before are replaced. Default 1. */
  generation?: pulumi.Input<number>;
  /** The yes to replacing rows that are no copy: `local-to-snapshot`. Without it they are refused. */
  discardCatalogRows?: pulumi.Input<string>;
  /** How long the publisher may take to describe its tables. Default 10 s. */
  timeoutSeconds?: pulumi.Input<number>;
  /** How long the copy of one table may take. Default 600 s, which is also what the publisher grants a transaction. */
  copyTimeoutSeconds?: pulumi.Input<number>;
}

/**
 * Tables filled once from another database: a catalog that stays when the publisher is down and that migrations of this
 * environment may change. One transaction per table, taken up again after an interruption, swapped in when complete. The
 * publisher is contacted while copying only; server, mapping and foreign tables are gone afterwards.
 */
export class CatalogSnapshot extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly tables: pulumi.Output<string[]>;
  /** Generation of the copy that is in place. */
  declare readonly generation: pulumi.Output<number>;
  /** When it was swapped in, ISO 8601. */
  declare readonly takenAt: pulumi.Output<string>;
  /** Rows copied, by table. */
  declare readonly rows: pulumi.Output<Record<string, number>>;
  /** Where the publisher's tables have another shape than those here, in words. */
  declare readonly notes: pulumi.Output<string[]>;
  /** What was found not to be as it should, in words; empty after an update. */
  declare readonly differences: pulumi.Output<string[]>;

  constructor(name: string, args: CatalogSnapshotArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { takenAt: undefined, rows: undefined, notes: undefined, differences: undefined };
    super("database:index:CatalogSnapshot", name, { ...args, ...outputs }, opts);
  }
}
