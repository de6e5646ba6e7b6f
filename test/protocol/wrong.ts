import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi";
import type { KindName } from "./program.ts";

interface Wrong {
  readonly token: string;
  /** Whatever holds "needle" is a secret of the kind, which the program does not mark as one. */
  readonly inputs: object;
  /** Words of what is told about it. */
  readonly told: string;
}

const NO_SECRET = "none of its inputs is a secret";

/** Inputs with a secret that each kind refuses. */
export const WRONG: Record<KindName, Wrong | string> = {
  Project: {
    token: "supabase:index/project:Project",
    inputs: { databasePassword: { needle: 1 }, name: "ours" },
    told: "databasePassword: Invalid input: expected string",
  },
  Branch: NO_SECRET,
  Apikey: NO_SECRET,
  EdgeFunctionSecrets: {
    token: "supabase:index/edgeFunctionSecrets:EdgeFunctionSecrets",
    inputs: { secrets: [{ name: "SUPABASE_X", value: "needle" }] },
    told: "secrets.0.name: names that begin with SUPABASE_",
  },
  ApiSettings: NO_SECRET,
  AuthSettings: {
    token: "supabase:index/authSettings:AuthSettings",
    inputs: { smtpPass: ["needle"] },
    told: "smtpPass: Invalid input: expected string",
  },
  NetworkRestrictions: NO_SECRET,
  PoolerSettings: NO_SECRET,
  PostgresSettings: NO_SECRET,
  Settings: {
    token: "supabase:index/settings:Settings",
    inputs: { auth: "needle, and no JSON" },
    told: "auth: expected an object as JSON text",
  },
  SslEnforcement: NO_SECRET,
  StorageSettings: NO_SECRET,
  Password: NO_SECRET,
  Migrations: NO_SECRET,
  VaultSecret: {
    token: "database:index:VaultSecret",
    inputs: { name: "n", value: ["needle"] },
    told: "value: Invalid input: expected string",
  },
  ReaderRole: NO_SECRET,
  HandOff: {
    token: "database:index:HandOff",
    inputs: { path: "/x", recipients: [], reader: { host: "h", port: 6543, password: "needle" } },
    told: "reader.port: 6543 is the transaction pooler",
  },
  ForeignCatalog: NO_SECRET,
  CatalogSnapshot: NO_SECRET,
};

/** A resource of any type, without the SDK that would mark its secrets. */
export class Bare extends CustomResource {
  constructor({ token, inputs }: Wrong, options: CustomResourceOptions = {}) {
    super(token, "wrong", { ...inputs }, options);
  }
}
