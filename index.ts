import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { catalogTableNames, rawTableNames } from "./db/schema/catalog-tables.ts";
import { Environment } from "./environment/environment.ts";
import { environmentOutputs } from "./environment/outputs.ts";
import { PreviewDatabase, type PreviewDatabaseArgs } from "./environment/preview-database.ts";
import type { BranchOf } from "./environment/project.ts";
import { readSettings } from "./environment/settings.ts";

const root = import.meta.dirname;

/** The program: settings of the stack -> one environment -> its outputs. */
export default async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
  return environmentProgram();
}

/** The same in a branch of another project instead of a project of its own, where one is given. */
export async function environmentProgram(branch?: BranchOf): Promise<Record<string, pulumi.Input<unknown>>> {
  const stack = pulumi.getStack();
  const settings = await readSettings({ project: pulumi.getProject(), stack, root });
  const environment = new Environment(stack, {
    ...settings,
    stack,
    branch,
    migrationsFolder: join(root, "migrations"),
    catalogSchema: "catalog",
    catalogTables: catalogTableNames,
    catalogRawTables: rawTableNames,
    accessTokenHook: "public.custom_access_token_hook",
  });
  return environmentOutputs(environment, settings);
}

/** The program of a preview that is a database inside a shared project. */
export function databaseProgram(
  args: Omit<PreviewDatabaseArgs, "migrationsFolder">,
): Record<string, pulumi.Input<unknown>> {
  const { migrations } = new PreviewDatabase(pulumi.getStack(), {
    ...args,
    migrationsFolder: join(root, "migrations"),
  });
  const { ref, host, port, user, database } = args;
  const migrationsApplied = migrations.applied.apply((applied) => applied.length);
  const databasePassword = pulumi.secret(args.password);
  return { ref, host, port, user, database, databasePassword, migrationsApplied, catalog: "standalone" };
}
