import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import * as cruisePrice from "./cruise-price.schema.ts";
import * as cruiseReference from "./cruise-reference.schema.ts";
import * as cruiseSailing from "./cruise-sailing.schema.ts";
import * as cruiseShip from "./cruise-ship.schema.ts";
import * as cruiseSync from "./cruise-sync.schema.ts";

/** Every table of the catalog, by name. */
export const catalogTables: PgTable[] = [cruiseReference, cruiseShip, cruiseSailing, cruisePrice, cruiseSync]
  .flatMap((area): unknown[] => Object.values(area))
  .filter((value) => is(value, PgTable))
  .filter((table) => getTableConfig(table).schema === catalogSchema.schemaName)
  .sort((a, b) => getTableConfig(a).name.localeCompare(getTableConfig(b).name));

/** The names of the tables Production publishes, computed from the schema so that no list is typed twice. */
export const catalogTableNames: string[] = catalogTables.map((table) => getTableConfig(table).name);

/** Tables with the payloads the catalog was made from: large, and read by nothing but the synchronisation. */
export const rawTableNames: string[] = [getTableConfig(cruiseSync.cruiseSyncRaw).name];
