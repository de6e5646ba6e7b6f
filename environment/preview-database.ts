import * as database from "@pulumi/database";
import * as pulumi from "@pulumi/pulumi";

/** A database inside a project that somebody else manages. */
export interface PreviewDatabaseArgs {
  /** Reference of the project. */
  ref: string;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Folder with the migrations; a relative one starts at the root of the checkout. */
  migrationsFolder: string;
}

/** What an environment is inside a database of its own: its migrations, with a catalog of its own. SQL only. */
export class PreviewDatabase extends pulumi.ComponentResource {
  readonly migrations: database.Migrations;

  constructor(name: string, args: PreviewDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("environment:index:PreviewDatabase", name, {}, opts);
    const { ref: projectRef, host, port, user, password, migrationsFolder: folder } = args;
    const provider = new database.Provider(
      name,
      { projectRef, host, port: String(port), user, password, database: args.database },
      { parent: this },
    );
    const settings = { catalog: "local" };
    this.migrations = new database.Migrations(name, { projectRef, folder, settings }, { parent: this, provider });
    this.registerOutputs({});
  }
}
