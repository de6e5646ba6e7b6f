import type { Sql } from "postgres";
import { serverOptions } from "../../environment/server-options.ts";
import { type Pair, startPair } from "../../test/catalog/pair.ts";
import type { TestDatabase } from "../../test/support/test-cloud.ts";
import { fillBookings, fillCatalog } from "./data.ts";

/** Where a query is asked. */
export type Place = "production" | "seed" | "ours";

/** How Production is reached. */
export interface Route {
  host: string;
  port: number;
}

/** Production with its catalog, and the same data read in the three ways that are compared. */
export interface Places {
  /** Production without anything between. */
  readonly near: Route;
  /** One connection to ask on. From now on Production is reached by `route`; a new backend has no foreign connection. */
  connect(place: Place, route: Route): Promise<Sql>;
  remove(): Promise<void>;
}

/** What is measured besides the product's own choice. */
export interface Variant {
  /** Options of the foreign server, over the product's own. */
  options: Record<string, string>;
}

/** Starts Production and two previews: one as the system description sets it up, one with the product's resources. */
export async function startPlaces(sailings: number, variant: Variant, say: (line: string) => void): Promise<Places> {
  const pair = await startPair({ timeoutSeconds: 60 });
  try {
    const seed = await pair.cloud.createDatabase("seed");
    await fillCatalog(await pair.prod.connectAsPlatform(), sailings, say);
    for (const database of [pair.prod, pair.preview]) await fillBookings(await database.connectAsPlatform(), sailings);
    await asDescribed(pair, seed, sailings);
    await alterOurs(pair, pair.prod, variant);
    return {
      near: { host: pair.prod.host, port: pair.prod.port },
      async connect(place, route) {
        if (place === "production") return ready(pair.prod.connect({ ...route, ssl: "require" }));
        if (place === "ours") await alterOurs(pair, route, variant);
        else
          await seed.sql.unsafe(
            `alter server prod_catalog options (set host '${route.host}', set port '${route.port}')`,
          );
        return ready((place === "ours" ? pair.preview : seed).connect());
      },
      remove: () => pair.remove(),
    };
  } catch (error) {
    await pair.remove();
    throw error;
  }
}

/** What the environment of a preview declares, with Production where the route says. */
async function alterOurs(pair: Pair, route: Route, { options }: Variant): Promise<void> {
  const publisher = { ...route, database: "postgres", sslmode: "require" };
  await pair.catalog.up(pair.catalogProgram({ options: { ...serverOptions(publisher, "bench"), ...options } }));
}

/** The system description's own statements: no option but the address, one mapping, the tables imported. */
async function asDescribed(pair: Pair, seed: TestDatabase, sailings: number): Promise<void> {
  const { user, password } = pair.reader.state;
  await seed.sql.unsafe(`
    create schema if not exists catalog;
    create extension if not exists postgres_fdw;
    create server prod_catalog foreign data wrapper postgres_fdw
      options (host '${pair.prod.host}', port '${pair.prod.port}', dbname 'postgres');
    create user mapping for current_user server prod_catalog options (user '${user}', password '${password}');
    import foreign schema catalog from server prod_catalog into catalog;
    create table public.custom_cruise_details (activity_id uuid primary key, agency_id uuid, catalog_sailing_id uuid,
      line_name text, ship_name text, embark_port text, disembark_port text, sail_date date, end_date date)`);
  await fillBookings(await seed.connectAsPlatform(), sailings);
}

async function ready(sql: Sql): Promise<Sql> {
  await sql`select set_config('statement_timeout', '300s', false), set_config('role', 'postgres', false)`;
  return sql;
}
