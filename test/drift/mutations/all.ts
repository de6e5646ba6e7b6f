import { besideTables } from "./beside-tables.ts";
import { catalog } from "./catalog.ts";
import { cloud } from "./cloud.ts";
import { configuration } from "./configuration.ts";
import { ledger } from "./ledger.ts";
import type { Mutation } from "./mutation.ts";
import { privileges } from "./privileges.ts";
import { publisher } from "./publisher.ts";
import { tables } from "./tables.ts";

/** Every outside change the check is tried with, by area. */
export const areas: Readonly<Record<string, readonly Mutation[]>> = {
  cloud,
  configuration,
  ledger,
  catalog,
  publisher,
  tables,
  "beside tables": besideTables,
  privileges,
};

export const mutations: readonly Mutation[] = Object.values(areas).flat();
