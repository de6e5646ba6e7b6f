import type { BranchOf } from "./project.ts";
import type { EnvironmentSettings } from "./settings.ts";

/** What an application brings: its migrations and the tables of its catalog. */
export interface Application {
  /** Folder with the migrations and `meta/_journal.json`; a relative one starts at the root of the checkout. */
  migrationsFolder: string;
  /** Schema that holds the catalog, in the publisher's database and as foreign tables in the subscriber's. */
  catalogSchema: string;
  /** The tables in that schema. Asked only by an environment that reads them: they are loaded with a whole schema. */
  catalogTables(): Promise<CatalogTables>;
  /**
   * Function of the database that adds claims to access tokens, as `SCHEMA.FUNCTION`; the migrations install it, and it
   * is switched on after them. Without it, the hook is left as it is.
   */
  accessTokenHook?: string | undefined;
}

/** The tables that a publisher publishes. */
interface CatalogTables {
  names: readonly string[];
  /** Those of them that a snapshot leaves out by default: large, and of no use to a reader. */
  raw?: readonly string[] | undefined;
}

export interface EnvironmentArgs extends EnvironmentSettings, Omit<Application, "catalogTables"> {
  /** None for an environment that does not read them from elsewhere. */
  catalogTables: CatalogTables;
  /** Live in this branch instead of a project of its own. */
  branch?: BranchOf | undefined;
  /** Name of the stack; a project is first called after it, unless `initialName` is given. */
  stack: string;
  /** What a project is first called. */
  initialName?: string | undefined;
}
