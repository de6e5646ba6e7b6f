import { catalog } from "./catalog.ts";
import { cloud } from "./cloud.ts";
import { configuration } from "./configuration.ts";
import { ledger } from "./ledger.ts";
import type { Mutation } from "./mutation.ts";
import { privileges } from "./privileges.ts";
import { publisher } from "./publisher.ts";
import { schemaObjects } from "./schema-objects.ts";
import { tables } from "./tables.ts";

/** Every outside change the check is tried with, by area. */
export const areas: Readonly<Record<string, readonly Mutation[]>> = {
  cloud,
  configuration,
  ledger,
  catalog,
  publisher,
  tables,
  "schema objects": schemaObjects,
  privileges,
};

export const mutations: readonly Mutation[] = Object.values(areas).flat();
