import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Application } from "./application.ts";
import { Environment } from "./environment.ts";
import { environmentOutputs } from "./outputs.ts";
import { PreviewDatabase, type PreviewDatabaseArgs } from "./preview-database.ts";
import type { BranchOf } from "./project.ts";
import { readsPublisher } from "./publisher.ts";
import { readSettings } from "./settings.ts";

/** The checkout: what relative paths of an application and of a stack's settings start from. */
const root = dirname(import.meta.dirname);

/** Logical name of what a stack holds. Without the stack's name in it, `pulumi stack rename` changes nothing. */
const NAME = "main";

/** Environments that were made when their resources were called after the stack are these resources. */
const formerly = (stack: string): pulumi.Alias[] => [{ name: stack }];

/** What a program exports: the outputs of its stack. */
export type Outputs = Record<string, pulumi.Input<unknown>>;

/**
 * The program of a stack: its settings -> one environment -> its outputs.
 * @param home.branch live in a branch of another project instead of a project of its own
 * @param home.initialName name of the project where one is made; default PROJECT-STACK
 * @throws {pulumi.RunError} naming every problem of the settings, before any resource is registered
 */
export async function environmentProgram(
  application: Application,
  home: { branch?: BranchOf | undefined; initialName?: string | undefined } = {},
): Promise<Outputs> {
  const stack = pulumi.getStack();
  const settings = await readSettings({ project: pulumi.getProject(), stack, root });
  const catalogTables = readsPublisher(settings.catalog) ? await application.catalogTables() : { names: [] };
  const environment = new Environment(
    NAME,
    { ...settings, ...application, ...home, catalogTables, stack },
    { aliases: formerly(stack) },
  );
  return environmentOutputs(environment, settings);
}

/** The program of a preview that is a database inside a shared project. */
export function databaseProgram(
  { migrationsFolder }: Application,
  args: Omit<PreviewDatabaseArgs, "migrationsFolder">,
): Outputs {
  const aliases = formerly(pulumi.getStack());
  const { migrations } = new PreviewDatabase(NAME, { ...args, migrationsFolder }, { aliases });
  const { ref, host, port, user, database } = args;
  const migrationsApplied = migrations.applied.apply((applied) => applied.length);
  const databasePassword = pulumi.secret(args.password);
  return { ref, host, port, user, database, databasePassword, migrationsApplied, catalog: "standalone" };
}
