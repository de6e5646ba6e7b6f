import * as database from "@pulumi/database";
import type * as pulumi from "@pulumi/pulumi";
import * as supabase from "@pulumi/supabase";

/** Every kind of both providers, by the last part of its token. */
export const KINDS = [
  "Project",
  "Branch",
  "Apikey",
  "EdgeFunctionSecrets",
  "ApiSettings",
  "AuthSettings",
  "NetworkRestrictions",
  "PoolerSettings",
  "PostgresSettings",
  "Settings",
  "SslEnforcement",
  "StorageSettings",
  "Password",
  "Migrations",
  "VaultSecret",
  "ReaderRole",
  "HandOff",
  "ForeignCatalog",
  "CatalogSnapshot",
] as const;
export type KindName = (typeof KINDS)[number];

/** What the program is told by the trial it runs in. */
export interface Given {
  readonly organizationId: string;
  readonly token: string;
  readonly endpoint: string;
  readonly password: string;
  readonly folder: string;
  readonly handOffPath: string;
  readonly recipient: string;
  readonly publisher: { readonly host: string; readonly port: number; readonly password: string };
}

/** What differs between two runs of the program. */
export interface Variant {
  /** Changes one property of each kind. Default 1. */
  readonly revision?: number;
  /** Changes every logical name. */
  readonly logical?: string;
  /** Name of the explicit providers. */
  readonly providers?: string;
  /** Declares what all others are to be replaced with. */
  readonly replaceWith?: boolean;
  /** Default: by the revision. */
  readonly projectName?: string;
  readonly region?: string;
  readonly replaceProject?: string;
  /** Paths that each kind leaves to others. */
  readonly ignore?: Partial<Record<KindName, string[]>>;
}

/** Declares one resource of each kind, all in one project. */
export function declareAll(given: Given, variant: Variant): void {
  const { logical = "", providers = "first", replaceWith = false, ignore = {} } = variant;
  const { token: accessToken, endpoint } = given;
  const trigger = replaceWith ? [new database.Password("trigger")] : [];
  const options = (kind: KindName, provider: pulumi.ProviderResource, dependsOn: pulumi.Resource[] = []) => ({
    name: `${kind}${logical}`,
    opts: { provider, dependsOn, replaceWith: trigger, ...(ignore[kind] ? { ignoreChanges: ignore[kind] } : {}) },
  });
  const api = new supabase.Provider(`${providers}-api`, { accessToken, endpoint });
  const { name, opts } = options("Project", api);
  const project = new supabase.Project(name, projectArgs(given, variant), opts);
  declareOfProject(project, variant, (kind) => options(kind, api));
  const inside = new database.Provider(`${providers}-database`, {
    projectRef: project.ref,
    host: project.host,
    port: project.port.apply(String),
    password: given.password,
    managementToken: accessToken,
    managementEndpoint: endpoint,
  });
  // Passwords and hand-offs live in no database; with that one's provider, they would wait for it to be known.
  const elsewhere = new database.Provider(`${providers}-elsewhere`, {
    projectRef: "elsewhere",
    host: "localhost",
    password: "unused",
  });
  declareInDatabase({ given, project, variant }, (kind, dependsOn) =>
    options(kind, kind === "Password" || kind === "HandOff" ? elsewhere : inside, dependsOn),
  );
}

/** Declares the two providers alone, for a project that is there. */
export function declareProviders(given: Given, { ref, host, port }: { ref: string; host: string; port: number }): void {
  const { token, endpoint, password } = given;
  new supabase.Provider("api", { accessToken: token, endpoint });
  new database.Provider("inside", {
    ...{ projectRef: ref, host, port: String(port), password },
    ...{ managementToken: token, managementEndpoint: endpoint },
  });
}

type Options = (
  kind: KindName,
  dependsOn?: pulumi.Resource[],
) => { name: string; opts: pulumi.CustomResourceOptions & { provider: pulumi.ProviderResource } };

function projectArgs({ organizationId, password }: Given, variant: Variant): supabase.ProjectArgs {
  const { revision = 1, projectName = `all kinds ${revision}`, region = "ca-central-1", replaceProject } = variant;
  const more = replaceProject === undefined ? {} : { replaceProject };
  return { organizationId, name: projectName, region, databasePassword: password, ...more };
}

function declareOfProject({ ref: projectRef }: supabase.Project, { revision = 1 }: Variant, options: Options): void {
  const make = <Args>(
    kind: KindName,
    Resource: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => pulumi.Resource,
    args: Args,
  ) => {
    const { name, opts } = options(kind);
    return new Resource(name, args, opts);
  };
  const expiresAt = `2099-01-0${revision}T00:00:00Z`;
  make("Branch", supabase.Branch, { parentProjectRef: projectRef, gitBranch: "all-kinds", expiresAt });
  make("Apikey", supabase.Apikey, { projectRef, name: "all_kinds", description: `revision ${revision}` });
  make("EdgeFunctionSecrets", supabase.EdgeFunctionSecrets, {
    projectRef,
    secrets: [{ name: "ALL_KINDS", value: `needle-function-${revision}` }],
  });
  make("ApiSettings", supabase.ApiSettings, { projectRef, maxRows: 100 + revision });
  make("AuthSettings", supabase.AuthSettings, { projectRef, siteUrl: `https://revision-${revision}.example.com` });
  make("NetworkRestrictions", supabase.NetworkRestrictions, {
    projectRef,
    restrictions: ["0.0.0.0/0", "::/0", ...(revision > 1 ? ["127.0.0.0/8"] : [])],
  });
  make("PoolerSettings", supabase.PoolerSettings, { projectRef, defaultPoolSize: 15 + revision });
  make("PostgresSettings", supabase.PostgresSettings, { projectRef, statementTimeout: `${100 + revision}s` });
  make("Settings", supabase.Settings, { projectRef, auth: JSON.stringify({ jwt_exp: 3600 + revision }) });
  make("SslEnforcement", supabase.SslEnforcement, { projectRef, enforced: revision > 1 });
  make("StorageSettings", supabase.StorageSettings, { projectRef, fileSizeLimit: 1000 + revision });
}

function declareInDatabase(
  { given, project, variant }: { given: Given; project: supabase.Project; variant: Variant },
  options: Options,
): void {
  const { revision = 1 } = variant;
  const { ref: projectRef } = project;
  const { publisher, folder, handOffPath: path, recipient } = given;
  const password = options("Password");
  new database.Password(password.name, { generation: revision }, password.opts);
  const applied = options("Migrations");
  const settings = { revision };
  const migrations = new database.Migrations(applied.name, { projectRef, folder, settings }, applied.opts);
  const stored = options("VaultSecret", [migrations]);
  const vault = { projectRef, name: "shop_password", value: publisher.password, description: `revision ${revision}` };
  const secret = new database.VaultSecret(stored.name, vault, stored.opts);
  const read = options("ReaderRole", [migrations]);
  const role = { projectRef, name: "all_kinds", schema: "copy", connectionLimit: 10 + revision };
  new database.ReaderRole(read.name, role, read.opts);
  const handed = options("HandOff");
  const reader = {
    host: "localhost",
    port: 5432 + revision,
    database: "postgres",
    user: "r",
    password: "needle-reader",
  };
  new database.HandOff(handed.name, { path, recipients: [recipient], reader }, handed.opts);
  const source = {
    projectRef,
    remoteSchema: "shop",
    tables: ["product"],
    user: "shop_reader",
    vaultSecret: "shop_password",
    options: { host: publisher.host, port: String(publisher.port), dbname: "postgres", sslmode: "require" },
    timeoutSeconds: 5,
  };
  const foreign = options("ForeignCatalog", [migrations, secret]);
  const fetching = { ...source.options, fetch_size: String(100 * revision) };
  const catalog = { ...source, server: "shop_catalog", localSchema: "shop", options: fetching };
  const first = new database.ForeignCatalog(foreign.name, catalog, foreign.opts);
  const copied = options("CatalogSnapshot", [migrations, secret, first]);
  const copy = { ...source, server: "shop_copy", localSchema: "copy", generation: revision };
  new database.CatalogSnapshot(copied.name, copy, copied.opts);
}
