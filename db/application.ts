/** What this application brings to its environments; the parts are described at `Application` in `environment/`. */
export const application = {
  /** From the root of the checkout. */
  migrationsFolder: "migrations",
  catalogSchema: "catalog",
  async catalogTables() {
    const { catalogTableNames, rawTableNames } = await import("./schema/catalog-tables.ts");
    return { names: catalogTableNames, raw: rawTableNames };
  },
  accessTokenHook: "public.custom_access_token_hook",
} as const;
