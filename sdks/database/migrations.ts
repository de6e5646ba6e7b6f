import * as pulumi from "@pulumi/pulumi";

export interface MigrationsArgs {
  /** Project whose database is migrated; a change replaces the resource. */
  projectRef: pulumi.Input<string>;
  /**
   * Drizzle's folder with `meta/_journal.json`; a relative path starts at the folder of the program. A change of the path
   * alone is no change.
   */
  folder: pulumi.Input<string>;
  /**
   * Settings written to `environment.settings` before the first migration, for migrations to branch on. Values are
   * JSON and are shown in previews: never a secret. Default none.
   */
  settings?: pulumi.Input<Record<string, unknown>>;
  /**
   * The yes to a switch of the setting `catalog` that drops rows, naming it: `local-to-foreign`, `snapshot-to-foreign` or
   * `local-to-snapshot`. Without it such a switch is refused while the tables hold rows.
   */
  discardCatalogRows?: pulumi.Input<string>;
  /** How long a statement may wait for a table lock before it gives way and is tried again. Default 2 s; 0 waits. */
  lockTimeoutSeconds?: pulumi.Input<number>;
  /** How long a statement may run. Default 600 s; 0 is no limit. */
  statementTimeoutSeconds?: pulumi.Input<number>;
  /** How long to wait for another run of the migrations to end. Default 60 s. */
  lockWaitSeconds?: pulumi.Input<number>;
  /**
   * Function that adds claims to access tokens, as `SCHEMA.FUNCTION`. Behind the migrations it is looked at: it has to be there,
   * to be executable by `supabase_auth_admin`, and to answer an event; else they fail, and what depends on them, such as the
   * `AuthSettings` that switch it on, stays as it is. A change of it alone is no change. Default none.
   */
  tokenHook?: pulumi.Input<string>;
}

/**
 * The migrations of a folder, applied to a database. The diff names what is pending, edited or unknown. Deleting it
 * changes nothing in the database: a schema goes with its project.
 */
export class Migrations extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  /** Hash by tag: what the folder holds, as found in the ledger. */
  declare readonly migrations: pulumi.Output<Record<string, string>>;
  /** What the ledger holds, in the order of the journal. */
  declare readonly applied: pulumi.Output<{ tag: string; hash: string }[]>;
  /** Rows of the ledger, accepted ones of other checkouts included. */
  declare readonly ledgerRows: pulumi.Output<number>;
  /** The settings as the database holds them. */
  declare readonly settings: pulumi.Output<Record<string, unknown>>;

  constructor(name: string, args: MigrationsArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { migrations: undefined, applied: undefined, ledgerRows: undefined };
    super("database:index:Migrations", name, { ...args, ...outputs }, opts);
  }
}
