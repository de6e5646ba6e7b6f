import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./connection.ts";

export interface ProjectArgs {
  /** Slug of the organization that owns the project. Changing it replaces the project, which `replaceProject` has to allow. */
  organizationId: pulumi.Input<string>;
  /**
   * Name of the project, 1 to 256 characters. Default: the name it has, at first `initialName`. Together with
   * organization and region it is how an interrupted create is found again.
   */
  name?: pulumi.Input<string>;
  /** Name that a project without `name` is created with; a later change of it changes nothing. Default: the resource's. */
  initialName?: pulumi.Input<string>;
  /** Password of the role `postgres`, at least 4 characters. Always a secret. */
  databasePassword: pulumi.Input<string>;
  /** Region code, such as `ca-central-1`. Changing it replaces the project, see `replaceProject`. */
  region: pulumi.Input<string>;
  /** Compute size, `nano` to `48xlarge_high_memory`. Default: the platform's smallest; an existing one is left alone. */
  instanceSize?: pulumi.Input<string>;
  /** Whether the keys `anon` and `service_role` are valid. Default: left as it is. */
  legacyApiKeysEnabled?: pulumi.Input<boolean>;
  /**
   * Whether the project is paused. `false` restores one that was, by the platform or by hand. Default: left as it is,
   * and a paused project is reported. What lives in its database cannot be brought up until then.
   */
  paused?: pulumi.Input<boolean>;
  /**
   * What the option `protect` of the resource is set to. The engine does not count a change of that option as one;
   * recorded here, it shows in a preview and in drift. Default false.
   */
  protected?: pulumi.Input<boolean>;
  /**
   * Yes to losing the project with all its data, by its present name: without it, a change of region or organization is
   * refused. Default: no.
   */
  replaceProject?: pulumi.Input<string>;
  /** Limits for readiness, such as `10m`. Default: 15 minutes; `customTimeouts` takes precedence. */
  timeouts?: pulumi.Input<{ create?: pulumi.Input<string>; update?: pulumi.Input<string> }>;
}

/**
 * A Supabase project. Created, it is waited for until its database accepts a log-in; a project of the same name,
 * organization and region whose database accepts the password is adopted instead of created a second time.
 */
export class Project extends pulumi.CustomResource {
  declare readonly organizationId: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** Secret. After a refresh that found another password in force, a note that it was refused. */
  declare readonly databasePassword: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;
  declare readonly instanceSize: pulumi.Output<string>;
  declare readonly legacyApiKeysEnabled: pulumi.Output<boolean>;
  declare readonly paused: pulumi.Output<boolean>;
  declare readonly protected: pulumi.Output<boolean | undefined>;
  declare readonly replaceProject: pulumi.Output<string | undefined>;
  declare readonly timeouts: pulumi.Output<{ create?: string; update?: string } | undefined>;
  /** Project ref, 20 lower-case letters; the same as `id`. */
  declare readonly ref: pulumi.Output<string>;
  /** Status as the platform words it; `ACTIVE_HEALTHY` is the one that `up` aims for. */
  declare readonly status: pulumi.Output<string>;
  /** Time of creation, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string>;
  /** Host of the database itself. Hosted ones are reached over IPv6 only, unless the IPv4 add-on is booked. */
  declare readonly host: pulumi.Output<string>;
  declare readonly port: pulumi.Output<number>;
  declare readonly database: pulumi.Output<string>;
  declare readonly user: pulumi.Output<string>;
  /** Base URL of the project's own API. The local cloud serves none: there it is the database's address. */
  declare readonly apiUrl: pulumi.Output<string>;
  /** The four properties above as one. */
  declare readonly directConnection: pulumi.Output<Connection>;
  /** The session pooler: IPv4, one server connection per client. For migrations and postgres_fdw. */
  declare readonly sessionPooler: pulumi.Output<Connection>;
  /** The transaction pooler: for applications. No session state, no postgres_fdw. */
  declare readonly transactionPooler: pulumi.Output<Connection>;
  /** Legacy key `anon`; absent where legacy keys are not in use. */
  declare readonly anonKey: pulumi.Output<string | undefined>;
  /** Legacy key `service_role`; absent where legacy keys are not in use. Secret. */
  declare readonly serviceRoleKey: pulumi.Output<string | undefined>;
  /** Publishable key (`sb_publishable_...`); absent where the project has none. */
  declare readonly publishableKey: pulumi.Output<string | undefined>;
  /** First secret key (`sb_secret_...`); absent where the project has none. Secret. */
  declare readonly secretKey: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    const initialName = args.initialName ?? name;
    const inputs = { name: undefined, ...args, initialName, databasePassword: pulumi.secret(args.databasePassword) };
    super("supabase:index/project:Project", name, { ...outputs, ...inputs }, opts);
  }
}

/** Properties that exist once the provider has answered. */
const outputs = {
  ref: undefined,
  status: undefined,
  createdAt: undefined,
  host: undefined,
  port: undefined,
  database: undefined,
  user: undefined,
  apiUrl: undefined,
  directConnection: undefined,
  sessionPooler: undefined,
  transactionPooler: undefined,
  anonKey: undefined,
  serviceRoleKey: undefined,
  publishableKey: undefined,
  secretKey: undefined,
  instanceSize: undefined,
  legacyApiKeysEnabled: undefined,
  timeouts: undefined,
};
