import { catalogTableNames, rawTableNames } from "./schema/catalog-tables.ts";

/** What this application brings to its environments; the parts are described at `Application` in `environment/`. */
export const application = {
  /** From the root of the checkout. */
  migrationsFolder: "migrations",
  catalogSchema: "catalog",
  catalogTables: catalogTableNames,
  catalogRawTables: rawTableNames,
  accessTokenHook: "public.custom_access_token_hook",
} as const;
