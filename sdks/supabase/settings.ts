import * as pulumi from "@pulumi/pulumi";

export interface SettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** PostgREST, as JSON text with the API's own names. */
  api?: pulumi.Input<string>;
  /** Log-in, likewise. Always a secret. */
  auth?: pulumi.Input<string>;
  /** Postgres, likewise. */
  database?: pulumi.Input<string>;
  /** JSON text `{"restrictions": [...]}`: all allowed ranges. */
  network?: pulumi.Input<string>;
  /** Connection pooler, likewise. */
  pooler?: pulumi.Input<string>;
  /** File storage, likewise. */
  storage?: pulumi.Input<string>;
  /** Whether the database refuses connections without TLS. */
  sslEnforcement?: pulumi.Input<boolean>;
  /** Accepted for the sake of state from the bridged provider; `customTimeouts` is what counts. */
  timeouts?: pulumi.Input<{ create?: string; update?: string }>;
}

/** Settings of a project in the bridged provider's form. Only the keys that are set are managed; deleting leaves them as they are. */
export class Settings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly api: pulumi.Output<string | undefined>;
  declare readonly auth: pulumi.Output<string | undefined>;
  declare readonly database: pulumi.Output<string | undefined>;
  declare readonly network: pulumi.Output<string | undefined>;
  declare readonly pooler: pulumi.Output<string | undefined>;
  declare readonly storage: pulumi.Output<string | undefined>;
  declare readonly sslEnforcement: pulumi.Output<boolean | undefined>;
  declare readonly timeouts: pulumi.Output<{ create?: string; update?: string } | undefined>;

  constructor(name: string, args: SettingsArgs, opts?: pulumi.CustomResourceOptions) {
    const auth = args.auth === undefined ? undefined : pulumi.secret(args.auth);
    super("supabase:index/settings:Settings", name, { ...args, auth }, opts);
  }
}
