import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /** Reference of the project whose database this is; named in errors. */
  projectRef: pulumi.Input<string>;
  host: pulumi.Input<string>;
  /** Default 5432. The transaction pooler (6543) is refused: it keeps no session. */
  port?: pulumi.Input<string>;
  /** Default `postgres`; through the session pooler `postgres.REF`. */
  user?: pulumi.Input<string>;
  /** Needed unless `credentials` is `login-role`. */
  password?: pulumi.Input<string>;
  /** Default `postgres`. */
  database?: pulumi.Input<string>;
  /** Default `require`; less is accepted on loopback only. `verify-full` checks against `caCertificate`. */
  sslmode?: pulumi.Input<"disable" | "prefer" | "require" | "verify-ca" | "verify-full">;
  /** PEM of the authority behind the server's certificate. Default: those Node knows. */
  caCertificate?: pulumi.Input<string>;
  /** What sessions are called in `pg_stat_activity`. Default `tailfire-environments`. */
  applicationName?: pulumi.Input<string>;
  /** Session pooler to use where `host` does not answer. Default: none is tried. */
  poolerHost?: pulumi.Input<string>;
  /** Default 5432. */
  poolerPort?: pulumi.Input<string>;
  /** Default `user`; on hosted projects `postgres.REF`. */
  poolerUser?: pulumi.Input<string>;
  /**
   * Default `password`. `login-role` asks the Management API for a login that holds some minutes and acts as
   * `postgres`; no password is then part of the configuration.
   */
  credentials?: pulumi.Input<"password" | "login-role">;
  /**
   * Management API that is asked whether the project still exists when its database cannot be reached. Default:
   * SUPABASE_API_ENDPOINT; without one, an unreachable database is always an error.
   */
  managementEndpoint?: pulumi.Input<string>;
  /** Default: SUPABASE_ACCESS_TOKEN, which is then not part of the state. */
  managementToken?: pulumi.Input<string>;
}

/** One database, as every resource that lives in it is reached. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      "database",
      name,
      {
        ...args,
        ...(args.password === undefined ? {} : { password: pulumi.secret(args.password) }),
        ...(args.managementToken === undefined ? {} : { managementToken: pulumi.secret(args.managementToken) }),
      },
      opts,
    );
  }
}
