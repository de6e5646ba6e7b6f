import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as schema from "./index.ts";

/** Every table of `public`, by name. */
export const publicTables: PgTable[] = Object.values(schema)
  .map((value): unknown => value)
  .filter((value) => is(value, PgTable))
  .filter((table) => (getTableConfig(table).schema ?? "public") === "public")
  .sort((a, b) => getTableConfig(a).name.localeCompare(getTableConfig(b).name));
