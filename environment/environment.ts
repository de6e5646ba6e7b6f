import * as database from "@pulumi/database";
import * as pulumi from "@pulumi/pulumi";
import * as supabase from "@pulumi/supabase";
import type { EnvironmentArgs } from "./application.ts";
import { branchedProject, type EnvironmentProject } from "./project.ts";
import { PublishedCatalog } from "./published-catalog.ts";
import { SubscribedCatalog } from "./subscribed-catalog.ts";

/**
 * A Supabase project, or a branch of one, together with everything in its database that the application relies on.
 * Order: project, Vault secret, settings and migrations, catalog.
 */
export class Environment extends pulumi.ComponentResource {
  readonly project: EnvironmentProject;
  readonly databasePassword: pulumi.Output<string>;
  readonly migrations: database.Migrations;
  readonly catalog: PublishedCatalog | SubscribedCatalog | undefined;

  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("environment:index:Environment", name, {}, opts);
    const home = this.#home(name, args);
    this.project = home.project;
    this.databasePassword = home.password;
    const inDatabase: pulumi.CustomResourceOptions = {
      parent: this,
      provider: this.#connection(name, args),
      deletedWith: home.resource,
    };
    const subscribed = args.reader
      ? new SubscribedCatalog(name, this.project, { ...args, reader: args.reader }, inDatabase)
      : undefined;
    this.migrations = new database.Migrations(
      name,
      {
        projectRef: this.project.ref,
        folder: args.migrationsFolder,
        settings: subscribed ? subscribed.settings : { catalog: "local" },
        ...migrationOptions(args),
      },
      { ...inDatabase, ignoreChanges: subscribed?.kept ?? [], dependsOn: subscribed ? [subscribed.secret] : [] },
    );
    subscribed?.attach(name, this.project, this.migrations, inDatabase);
    this.catalog =
      args.catalog === "publish"
        ? new PublishedCatalog(name, this.project, args, {
            ...inDatabase,
            dependsOn: [this.migrations],
            // A destroy deletes what nothing depends on first: unprotected, these two would go before the project refuses.
            protect: args.protect,
          })
        : subscribed;
    if (args.accessTokenHook) this.#switchHookOn(name, args.accessTokenHook, home.resource);
    this.registerOutputs({});
  }

  /** The auth server calls the function at every log-in, so it is looked at before, behind the migrations. */
  #switchHookOn(name: string, hook: string, deletedWith: pulumi.Resource): void {
    new supabase.AuthSettings(
      name,
      {
        projectRef: this.project.ref,
        hookCustomAccessTokenEnabled: true,
        hookCustomAccessTokenUri: `pg-functions://postgres/${hook.replace(".", "/")}`,
      },
      { parent: this, dependsOn: [this.migrations], deletedWith },
    );
  }

  /** The project, with the resource that it is and the password of its database. */
  #home(name: string, args: EnvironmentArgs): Home {
    if (args.branch) {
      const { branch, project, password } = branchedProject(name, args.branch, this);
      return { resource: branch, project, password };
    }
    const password =
      args.databasePassword ??
      new database.Password(`${name}-database`, {}, { parent: this, protect: args.protect }).result;
    const project = this.#project(name, args, password);
    return { resource: project, project, password };
  }

  #project(name: string, args: EnvironmentArgs, databasePassword: pulumi.Output<string>): supabase.Project {
    return new supabase.Project(
      name,
      {
        organizationId: args.organizationId,
        ...(args.projectName ? { name: args.projectName } : {}),
        initialName: args.initialName ?? `${pulumi.getProject()}-${args.stack}`,
        region: args.region,
        databasePassword,
        protected: args.protect,
        ...(args.replaceProject ? { replaceProject: args.replaceProject } : {}),
        ...(args.instanceSize ? { instanceSize: args.instanceSize } : {}),
      },
      {
        parent: this,
        protect: args.protect,
        ...(args.ref ? { import: args.ref } : {}),
        ...(args.ref && args.projectName === undefined ? { ignoreChanges: ["name"] } : {}),
      },
    );
  }

  #connection(name: string, args: EnvironmentArgs): database.Provider {
    const { sessionPooler } = this.project;
    // Given in the stack's configuration, it serves both providers; given in the environment, both read it there.
    const api = new pulumi.Config("supabase");
    const [managementToken, managementEndpoint] = [api.getSecret("accessToken"), api.get("endpoint")];
    const direct = args.connection !== "session";
    const pooler = {
      poolerHost: sessionPooler.host,
      poolerPort: sessionPooler.port.apply(String),
      poolerUser: sessionPooler.user,
    };
    const shortLived = args.credentials === "login-role";
    return new database.Provider(
      name,
      {
        projectRef: this.project.ref,
        host: direct ? this.project.host : sessionPooler.host,
        port: (direct ? this.project.port : sessionPooler.port).apply(String),
        user: direct ? this.project.user : sessionPooler.user,
        database: this.project.database,
        ...(args.connection === "auto" ? pooler : {}),
        ...(shortLived ? { credentials: args.credentials } : { password: this.databasePassword }),
        ...(managementToken ? { managementToken } : {}),
        ...(managementEndpoint ? { managementEndpoint } : {}),
      },
      { parent: this },
    );
  }
}

function migrationOptions({ discardCatalogRows, accessTokenHook: tokenHook }: EnvironmentArgs) {
  return { ...(discardCatalogRows ? { discardCatalogRows } : {}), ...(tokenHook ? { tokenHook } : {}) };
}

interface Home {
  readonly resource: pulumi.Resource;
  readonly project: EnvironmentProject;
  readonly password: pulumi.Output<string>;
}
