import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  numeric,
  smallint,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import { country, currency, id, instant, timestamps, timeZone } from "./columns.ts";

const provider = () => varchar("provider", { length: 100 }).notNull().default("traveltek");
const providerIdentifier = () => varchar("provider_identifier", { length: 100 }).notNull();

/** Cruise line companies with provider ID mapping. */
export const cruiseLines = catalogSchema.table(
  "cruise_lines",
  {
    id: id(),
    provider: provider(),
    providerIdentifier: providerIdentifier(),
    name: varchar("name", { length: 255 }).notNull(),
    slug: varchar("slug", { length: 255 }).notNull(),
    code: varchar("code", { length: 20 }),
    shortName: varchar("short_name", { length: 100 }),
    engineName: varchar("engine_name", { length: 100 }),
    description: text("description"),
    logoUrl: text("logo_url"),
    websiteUrl: text("website_url"),
    isActive: boolean("is_active").notNull().default(true),
    metadata: jsonb("metadata").notNull().default({}),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_lines_provider_key").on(t.provider, t.providerIdentifier),
    unique("cruise_lines_slug_key").on(t.slug),
    index("cruise_lines_name_idx").on(t.name),
  ],
);

/** Individual ships with line references. */
export const cruiseShips = catalogSchema.table(
  "cruise_ships",
  {
    id: id(),
    provider: provider(),
    providerIdentifier: providerIdentifier(),
    lineId: uuid("line_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    slug: varchar("slug", { length: 255 }).notNull(),
    code: varchar("code", { length: 20 }),
    shipClass: varchar("ship_class", { length: 100 }),
    tonnage: numeric("tonnage", { precision: 10, scale: 1 }),
    lengthMetres: numeric("length_metres", { precision: 6, scale: 2 }),
    passengerCapacity: smallint("passenger_capacity"),
    crewCount: smallint("crew_count"),
    deckCount: smallint("deck_count"),
    launchYear: smallint("launch_year"),
    refitYear: smallint("refit_year"),
    isAdultsOnly: boolean("is_adults_only").notNull().default(false),
    starRating: numeric("star_rating", { precision: 2, scale: 1 }),
    currencyOnBoard: currency("currency_on_board"),
    description: text("description"),
    defaultImageUrl: text("default_image_url"),
    isActive: boolean("is_active").notNull().default(true),
    metadata: jsonb("metadata").notNull().default({}),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_ships_provider_key").on(t.provider, t.providerIdentifier),
    unique("cruise_ships_slug_key").on(t.slug),
    foreignKey({ name: "cruise_ships_line_fk", columns: [t.lineId], foreignColumns: [cruiseLines.id] }),
    index("cruise_ships_line_idx").on(t.lineId, t.name),
    check("cruise_ships_star_rating_check", sql`${t.starRating} between 0 and 6`),
  ],
);

/** Geographic regions for sailings; a region may lie in another. */
export const cruiseRegions = catalogSchema.table(
  "cruise_regions",
  {
    id: id(),
    provider: provider(),
    providerIdentifier: providerIdentifier(),
    parentRegionId: uuid("parent_region_id"),
    name: varchar("name", { length: 255 }).notNull(),
    slug: varchar("slug", { length: 255 }).notNull(),
    description: text("description"),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_regions_provider_key").on(t.provider, t.providerIdentifier),
    unique("cruise_regions_slug_key").on(t.slug),
    foreignKey({ name: "cruise_regions_parent_fk", columns: [t.parentRegionId], foreignColumns: [t.id] }),
    index("cruise_regions_parent_idx").on(t.parentRegionId),
    check("cruise_regions_parent_check", sql`${t.parentRegionId} <> ${t.id}`),
  ],
);

/** Embark, disembark and call ports with coordinates (WGS 84 degrees). */
export const cruisePorts = catalogSchema.table(
  "cruise_ports",
  {
    id: id(),
    provider: provider(),
    providerIdentifier: providerIdentifier(),
    name: varchar("name", { length: 255 }).notNull(),
    slug: varchar("slug", { length: 255 }).notNull(),
    unLocode: varchar("un_locode", { length: 5 }),
    city: varchar("city", { length: 255 }),
    countryCode: country(),
    latitude: numeric("latitude", { precision: 9, scale: 6 }),
    longitude: numeric("longitude", { precision: 9, scale: 6 }),
    timeZone: timeZone("time_zone"),
    isTenderPort: boolean("is_tender_port").notNull().default(false),
    description: text("description"),
    lastSyncedAt: instant("last_synced_at"),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_ports_provider_key").on(t.provider, t.providerIdentifier),
    unique("cruise_ports_slug_key").on(t.slug),
    index("cruise_ports_country_idx").on(t.countryCode, t.name),
    check("cruise_ports_latitude_check", sql`${t.latitude} between -90 and 90`),
    check("cruise_ports_longitude_check", sql`${t.longitude} between -180 and 180`),
    check("cruise_ports_coordinates_check", sql`(${t.latitude} is null) = (${t.longitude} is null)`),
  ],
);
