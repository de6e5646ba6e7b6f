import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./environment.ts";
import { PublishedCatalog } from "./published-catalog.ts";
import type { EnvironmentSettings } from "./settings.ts";
import { SubscribedCatalog } from "./subscribed-catalog.ts";

/** The outputs of a stack: what an application and a person need to use the environment. Secrets stay secret. */
export function environmentOutputs(
  environment: Environment,
  settings: EnvironmentSettings,
): Record<string, pulumi.Input<unknown>> {
  const { project, migrations, catalog } = environment;
  return {
    ref: project.ref,
    host: project.host,
    port: project.port,
    database: project.database,
    user: project.user,
    databasePassword: pulumi.secret(environment.databasePassword),
    sessionPooler: project.sessionPooler,
    transactionPooler: project.transactionPooler,
    apiUrl: project.apiUrl,
    anonKey: project.anonKey,
    serviceRoleKey: project.serviceRoleKey,
    migrationsApplied: migrations.applied.apply((applied) => applied.length),
    catalog: settings.catalog,
    ...(catalog instanceof PublishedCatalog ? { readerRole: catalog.reader.user, handOff: catalog.handOff.path } : {}),
    ...(catalog instanceof SubscribedCatalog && catalog.foreign ? { catalogServer: catalog.foreign.server } : {}),
    ...(catalog instanceof SubscribedCatalog && catalog.snapshot
      ? { catalogTakenAt: catalog.snapshot.takenAt, catalogNotes: catalog.snapshot.notes }
      : {}),
  };
}
