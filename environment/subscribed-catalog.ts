import * as database from "@pulumi/database";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentArgs } from "./application.ts";
import type { EnvironmentProject } from "./project.ts";
import { serverOptions } from "./server-options.ts";

const SERVER = "prod_catalog";
const VAULT_SECRET = "fdw_password";
// A mapping for every role that reads; without one a role gets 42704.
const ROLES = ["postgres", "service_role", "authenticated"];

/**
 * The subscriber's side: the reader's password in the Vault, where the catalog lives as a setting of the database, and
 * the catalog as foreign tables. Built in two steps, because the migrations come between secret and foreign tables.
 */
export class SubscribedCatalog {
  readonly secret: database.VaultSecret;
  /** Settings that migrations branch on. */
  readonly settings: pulumi.Input<Record<string, unknown>>;
  foreign: database.ForeignCatalog | undefined;
  readonly #source: Source;
  readonly #allowedFrom: string[];

  constructor(
    name: string,
    project: EnvironmentProject,
    args: EnvironmentArgs & { reader: database.HandOffContent },
    options: pulumi.CustomResourceOptions,
  ) {
    const { reader } = args;
    this.secret = new database.VaultSecret(
      `${name}-reader`,
      {
        projectRef: project.ref,
        name: VAULT_SECRET,
        value: pulumi.secret(reader.password),
        description: `Password of the read-only role behind the foreign server ${SERVER}`,
      },
      options,
    );
    this.#source = {
      server: SERVER,
      remoteSchema: args.catalogSchema,
      localSchema: args.catalogSchema,
      user: reader.user,
      vaultSecret: VAULT_SECRET,
      roles: ROLES,
      options: serverOptions(reader, args.stack),
      tables: [...args.catalogTables],
    };
    const { tables: _, ...source } = this.#source;
    this.#allowedFrom = reader.allowedFrom;
    if (reader.allowedFrom.length > 0) {
      void pulumi.log.warn(
        `The publisher's network restrictions admit only ${reader.allowedFrom.join(", ")}. The catalog can be read here only ` +
          "from an address among them, and a hosted database has no fixed one.",
        options.parent,
      );
    }
    this.settings = { catalog: "foreign", catalog_source: source };
  }

  /** Adds the foreign catalog, once the migrations that install its functions are declared. */
  attach(
    name: string,
    project: EnvironmentProject,
    migrations: database.Migrations,
    options: pulumi.CustomResourceOptions,
  ): void {
    this.foreign = new database.ForeignCatalog(
      name,
      {
        projectRef: project.ref,
        ...this.#source,
        secretRevision: this.secret.revision,
        ...(this.#allowedFrom.length > 0 ? { allowedFrom: this.#allowedFrom } : {}),
      },
      { ...options, dependsOn: [migrations, this.secret] },
    );
  }
}

interface Source {
  server: string;
  remoteSchema: string;
  localSchema: string;
  user: string;
  vaultSecret: string;
  roles: string[];
  options: Record<string, string>;
  tables: string[];
}
