import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  time,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import { amount, currency, id, instant, timestamps } from "./columns.ts";
import { cruiseLines, cruisePorts, cruiseRegions, cruiseShips } from "./cruise-reference.schema.ts";

/** Individual sailing departures with "from" prices per cabin category and person, in CAD. */
export const cruiseSailings = catalogSchema.table(
  "cruise_sailings",
  {
    id: id(),
    provider: varchar("provider", { length: 100 }).notNull().default("traveltek"),
    providerIdentifier: varchar("provider_identifier", { length: 100 }).notNull(),
    lineId: uuid("line_id").notNull(),
    shipId: uuid("ship_id").notNull(),
    embarkPortId: uuid("embark_port_id").notNull(),
    disembarkPortId: uuid("disembark_port_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    voyageCode: varchar("voyage_code", { length: 50 }),
    itineraryCode: varchar("itinerary_code", { length: 50 }),
    marketId: integer("market_id"),
    sailDate: date("sail_date").notNull(),
    endDate: date("end_date").notNull(),
    nights: smallint("nights").notNull(),
    seaDays: smallint("sea_days").notNull().default(0),
    cheapestInside: amount("cheapest_inside"),
    cheapestOutside: amount("cheapest_outside"),
    cheapestBalcony: amount("cheapest_balcony"),
    cheapestSuite: amount("cheapest_suite"),
    priceFrom: amount("price_from"),
    priceCurrency: currency("price_currency").notNull().default("CAD"),
    pricesUpdatedAt: instant("prices_updated_at"),
    isNoFly: boolean("is_no_fly").notNull().default(false),
    isActive: boolean("is_active").notNull().default(true),
    metadata: jsonb("metadata").notNull().default({}),
    lastSyncedAt: instant("last_synced_at"),
    ...timestamps(),
  },
  (t) => [
    unique("cruise_sailings_provider_key").on(t.provider, t.providerIdentifier),
    foreignKey({ name: "cruise_sailings_line_fk", columns: [t.lineId], foreignColumns: [cruiseLines.id] }),
    foreignKey({ name: "cruise_sailings_ship_fk", columns: [t.shipId], foreignColumns: [cruiseShips.id] }),
    foreignKey({ name: "cruise_sailings_embark_fk", columns: [t.embarkPortId], foreignColumns: [cruisePorts.id] }),
    foreignKey({
      name: "cruise_sailings_disembark_fk",
      columns: [t.disembarkPortId],
      foreignColumns: [cruisePorts.id],
    }),
    index("cruise_sailings_sail_date_idx").on(t.sailDate),
    index("cruise_sailings_line_idx").on(t.lineId, t.sailDate),
    index("cruise_sailings_ship_idx").on(t.shipId, t.sailDate),
    index("cruise_sailings_embark_idx").on(t.embarkPortId, t.sailDate),
    index("cruise_sailings_disembark_idx").on(t.disembarkPortId, t.sailDate),
    index("cruise_sailings_price_idx").on(t.priceFrom, t.sailDate),
    check("cruise_sailings_nights_check", sql`${t.nights} > 0 and ${t.seaDays} between 0 and ${t.nights}`),
    check("cruise_sailings_dates_check", sql`${t.endDate} >= ${t.sailDate}`),
    check("cruise_sailings_price_check", sql`${t.priceFrom} >= 0`),
    check("cruise_sailings_currency_check", sql`${t.priceCurrency} ~ '^[A-Z]{3}$'`),
  ],
);

/** Port-of-call details; a day at sea has no port. Times are the port's wall clock. */
export const cruiseSailingStops = catalogSchema.table(
  "cruise_sailing_stops",
  {
    id: id(),
    sailingId: uuid("sailing_id").notNull(),
    portId: uuid("port_id"),
    dayNumber: smallint("day_number").notNull(),
    sequence: smallint("sequence").notNull().default(1),
    stopDate: date("stop_date").notNull(),
    stopType: varchar("stop_type", { length: 20 }).notNull().default("call"),
    portName: varchar("port_name", { length: 255 }).notNull(),
    arrivalTime: time("arrival_time"),
    departureTime: time("departure_time"),
    description: text("description"),
    ...timestamps(),
  },
  (t) => [
    foreignKey({
      name: "cruise_sailing_stops_sailing_fk",
      columns: [t.sailingId],
      foreignColumns: [cruiseSailings.id],
    }).onDelete("cascade"),
    foreignKey({ name: "cruise_sailing_stops_port_fk", columns: [t.portId], foreignColumns: [cruisePorts.id] }),
    unique("cruise_sailing_stops_key").on(t.sailingId, t.dayNumber, t.sequence),
    index("cruise_sailing_stops_port_idx").on(t.portId, t.stopDate),
    check("cruise_sailing_stops_day_check", sql`${t.dayNumber} > 0 and ${t.sequence} > 0`),
    check("cruise_sailing_stops_type_check", sql`${t.stopType} in ('embark', 'call', 'overnight', 'sea', 'disembark')`),
    check("cruise_sailing_stops_port_check", sql`(${t.stopType} = 'sea') = (${t.portId} is null)`),
  ],
);

/** Region mapping for sailings. */
export const cruiseSailingRegions = catalogSchema.table(
  "cruise_sailing_regions",
  {
    sailingId: uuid("sailing_id").notNull(),
    regionId: uuid("region_id").notNull(),
    isPrimary: boolean("is_primary").notNull().default(false),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: "cruise_sailing_regions_pk", columns: [t.sailingId, t.regionId] }),
    foreignKey({
      name: "cruise_sailing_regions_sailing_fk",
      columns: [t.sailingId],
      foreignColumns: [cruiseSailings.id],
    }).onDelete("cascade"),
    foreignKey({ name: "cruise_sailing_regions_region_fk", columns: [t.regionId], foreignColumns: [cruiseRegions.id] }),
    index("cruise_sailing_regions_region_idx").on(t.regionId, t.sailingId),
  ],
);

/** Alternative sailing options the feed offers in place of a sailing; the other one may not be loaded yet. */
export const cruiseAlternateSailings = catalogSchema.table(
  "cruise_alternate_sailings",
  {
    id: id(),
    sailingId: uuid("sailing_id").notNull(),
    alternateSailingId: uuid("alternate_sailing_id"),
    providerIdentifier: varchar("provider_identifier", { length: 100 }).notNull(),
    sailDate: date("sail_date").notNull(),
    nights: smallint("nights"),
    priceFrom: amount("price_from"),
    currency: currency().notNull().default("CAD"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      name: "cruise_alternate_sailings_sailing_fk",
      columns: [t.sailingId],
      foreignColumns: [cruiseSailings.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "cruise_alternate_sailings_alternate_fk",
      columns: [t.alternateSailingId],
      foreignColumns: [cruiseSailings.id],
    }).onDelete("set null"),
    unique("cruise_alternate_sailings_key").on(t.sailingId, t.providerIdentifier),
    index("cruise_alternate_sailings_alternate_idx").on(t.alternateSailingId),
    check("cruise_alternate_sailings_other_check", sql`${t.alternateSailingId} <> ${t.sailingId}`),
  ],
);
