import * as database from "@pulumi/database";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentArgs } from "./application.ts";
import type { HandOffContent } from "./open-hand-off.ts";
import type { EnvironmentProject } from "./project.ts";
import { serverOptions } from "./server-options.ts";

const SERVER = "prod_catalog";
const VAULT_SECRET = "fdw_password";
// A server of its own: switching from one to the other, both are there for a moment.
const SNAPSHOT_SERVER = "prod_catalog_snapshot";
// Holds the name of the stack when it was made: a renamed stack is not a reason to change anything.
const KEPT = "application_name";
// A mapping for every role that reads; without one a role gets 42704.
const ROLES = ["postgres", "service_role", "authenticated"];

/**
 * The subscriber's side: the reader's password in the Vault, where the catalog lives as a setting of the database, and
 * the catalog as foreign tables, or as a copy of them. Built in two steps, because the migrations come in between.
 */
export class SubscribedCatalog {
  readonly secret: database.VaultSecret;
  /** Settings that migrations branch on. */
  readonly settings: pulumi.Input<Record<string, unknown>>;
  /** Paths of what stays in them as it is recorded. */
  readonly kept = [`settings.catalog_source.options.${KEPT}`];
  foreign: database.ForeignCatalog | undefined;
  snapshot: database.CatalogSnapshot | undefined;
  readonly #source: Source;
  readonly #allowedFrom: string[];
  readonly #args: EnvironmentArgs;

  constructor(
    name: string,
    project: EnvironmentProject,
    args: EnvironmentArgs & { reader: HandOffContent },
    options: pulumi.CustomResourceOptions,
  ) {
    const { reader } = args;
    this.#args = args;
    const isSnapshot = args.catalog === "snapshot";
    const server = isSnapshot ? SNAPSHOT_SERVER : SERVER;
    this.secret = new database.VaultSecret(
      `${name}-reader`,
      {
        projectRef: project.ref,
        name: VAULT_SECRET,
        value: pulumi.secret(reader.password),
        description: `Password of the read-only role behind the foreign server ${server}`,
      },
      options,
    );
    this.#source = {
      server,
      remoteSchema: args.catalogSchema,
      localSchema: args.catalogSchema,
      user: reader.user,
      vaultSecret: VAULT_SECRET,
      roles: ROLES,
      options: serverOptions(reader, args.stack, { caFile: args.catalogCaFile }),
      tables: [...args.catalogTables.names],
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
    this.settings = { catalog: isSnapshot ? "snapshot" : "foreign", catalog_source: source };
  }

  /** Adds the foreign tables or the copy, once the migrations that install the functions behind both are declared. */
  attach(
    name: string,
    project: EnvironmentProject,
    migrations: database.Migrations,
    options: pulumi.CustomResourceOptions,
  ): void {
    const ignoreChanges = [`options.${KEPT}`];
    const dependent = { ...options, ignoreChanges, dependsOn: [migrations, this.secret] };
    if (this.#args.catalog === "snapshot") {
      this.snapshot = new database.CatalogSnapshot(name, { projectRef: project.ref, ...this.#copied() }, dependent);
      return;
    }
    this.foreign = new database.ForeignCatalog(
      name,
      {
        projectRef: project.ref,
        ...this.#source,
        secretRevision: this.secret.revision,
        ...this.#admitted(),
      },
      dependent,
    );
  }

  #admitted(): { allowedFrom?: string[] } {
    return this.#allowedFrom.length > 0 ? { allowedFrom: this.#allowedFrom } : {};
  }

  #copied(): Omit<database.CatalogSnapshotArgs, "projectRef"> {
    const { roles: _, tables, options, ...source } = this.#source;
    const { snapshotGeneration, snapshotRawTables, catalogTables, discardCatalogRows } = this.#args;
    return {
      ...source,
      ...this.#admitted(),
      tables: snapshotRawTables ? tables : tables.filter((table) => !catalogTables.raw?.includes(table)),
      options: { ...options, application_name: `catalog snapshot of ${this.#args.stack}` },
      generation: snapshotGeneration,
      ...(discardCatalogRows ? { discardCatalogRows } : {}),
    };
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
