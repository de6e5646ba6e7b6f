import * as database from "@pulumi/database";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentArgs } from "./application.ts";
import type { EnvironmentProject } from "./project.ts";

/** The publisher's side: a read-only role on the catalog, and the hand-off that tells subscribers how to use it. */
export class PublishedCatalog {
  readonly reader: database.ReaderRole;
  readonly handOff: database.HandOff;

  constructor(name: string, project: EnvironmentProject, args: EnvironmentArgs, options: pulumi.CustomResourceOptions) {
    this.reader = new database.ReaderRole(
      name,
      {
        projectRef: project.ref,
        schema: args.catalogSchema,
        generation: args.readerGeneration,
        retirePrevious: args.retirePreviousReader,
        connectionLimit: args.readerConnectionLimit,
      },
      options,
    );
    const pooled = args.handOffConnection === "session";
    this.handOff = new database.HandOff(
      name,
      {
        path: args.handOffPath,
        recipients: args.handOffRecipients,
        reader: {
          host: pooled ? project.sessionPooler.host : project.host,
          port: pooled ? project.sessionPooler.port : project.port,
          database: project.database,
          // The session pooler finds the project by the ref behind the user name.
          user: pooled ? pulumi.interpolate`${this.reader.user}.${project.ref}` : this.reader.user,
          password: this.reader.password,
          sslmode: "require",
          allowedFrom: this.reader.allowedFrom,
        },
      },
      { parent: options.parent, protect: options.protect },
    );
  }
}
