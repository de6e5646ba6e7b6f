import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  index,
  jsonb,
  numeric,
  pgTable,
  smallint,
  text,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { amount, country, currency, instant } from "./columns.ts";
import { componentColumns, componentOf } from "./component.ts";
import { currencyCheck } from "./tenancy.ts";

/** Hotels and resorts; dates are those of the place. */
export const lodgingDetails = pgTable(
  "lodging_details",
  {
    ...componentColumns("lodging"),
    propertyName: varchar("property_name", { length: 255 }).notNull(),
    address: text("address"),
    city: varchar("city", { length: 100 }),
    countryCode: country(),
    checkInDate: date("check_in_date").notNull(),
    checkOutDate: date("check_out_date").notNull(),
    roomType: varchar("room_type", { length: 100 }),
    roomCount: smallint("room_count").notNull().default(1),
    boardBasis: varchar("board_basis", { length: 50 }),
  },
  (t) => [
    ...componentOf({ table: "lodging_details", types: ["lodging"], columns: t }),
    index("lodging_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("lodging_details_dates_check", sql`${t.checkOutDate} > ${t.checkInDate}`),
    check("lodging_details_rooms_check", sql`${t.roomCount} > 0`),
  ],
);

/** Restaurant reservations. */
export const diningDetails = pgTable(
  "dining_details",
  {
    ...componentColumns("dining"),
    restaurantName: varchar("restaurant_name", { length: 255 }).notNull(),
    cuisine: varchar("cuisine", { length: 100 }),
    partySize: smallint("party_size"),
    dressCode: varchar("dress_code", { length: 100 }),
    dietaryNotes: text("dietary_notes"),
  },
  (t) => [
    ...componentOf({ table: "dining_details", types: ["dining"], columns: t }),
    index("dining_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("dining_details_party_check", sql`${t.partySize} > 0`),
  ],
);

/** Car rentals and transfers. */
export const transportationDetails = pgTable(
  "transportation_details",
  {
    ...componentColumns("transportation"),
    mode: varchar("mode", { length: 30 }).notNull(),
    provider: varchar("provider", { length: 255 }),
    pickUpLocation: varchar("pick_up_location", { length: 255 }),
    dropOffLocation: varchar("drop_off_location", { length: 255 }),
    vehicleClass: varchar("vehicle_class", { length: 100 }),
    driverIncluded: boolean("driver_included").notNull().default(false),
  },
  (t) => [
    ...componentOf({ table: "transportation_details", types: ["transportation"], columns: t }),
    index("transportation_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("transportation_details_mode_check", sql`${t.mode} in ('car_rental', 'transfer', 'train', 'coach', 'ferry')`),
  ],
);

/**
 * Custom cruise bookings. `catalog_sailing_id` names a sailing of the catalog without a key: the catalog may be another
 * database's, so what the booking needs of it is copied here.
 */
export const customCruiseDetails = pgTable(
  "custom_cruise_details",
  {
    ...componentColumns("cruise"),
    catalogSailingId: uuid("catalog_sailing_id"),
    lineName: varchar("line_name", { length: 255 }).notNull(),
    shipName: varchar("ship_name", { length: 255 }).notNull(),
    voyageCode: varchar("voyage_code", { length: 50 }),
    embarkPort: varchar("embark_port", { length: 255 }).notNull(),
    disembarkPort: varchar("disembark_port", { length: 255 }).notNull(),
    sailDate: date("sail_date").notNull(),
    endDate: date("end_date").notNull(),
    cabinCategory: varchar("cabin_category", { length: 20 }),
    cabinNumber: varchar("cabin_number", { length: 20 }),
    diningSeating: varchar("dining_seating", { length: 50 }),
  },
  (t) => [
    ...componentOf({ table: "custom_cruise_details", types: ["cruise"], columns: t }),
    index("custom_cruise_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    index("custom_cruise_details_sailing_idx").on(t.agencyId, t.catalogSailingId),
    check("custom_cruise_details_dates_check", sql`${t.endDate} >= ${t.sailDate}`),
  ],
);

/** Port day information. `catalog_port_id` names a port of the catalog without a key, as above. */
export const portInfoDetails = pgTable(
  "port_info_details",
  {
    ...componentColumns("port_info"),
    catalogPortId: uuid("catalog_port_id"),
    portName: varchar("port_name", { length: 255 }).notNull(),
    countryCode: country(),
    latitude: numeric("latitude", { precision: 9, scale: 6 }),
    longitude: numeric("longitude", { precision: 9, scale: 6 }),
    isTender: boolean("is_tender").notNull().default(false),
    allAboardAt: instant("all_aboard_at"),
    highlights: text("highlights"),
  },
  (t) => [
    ...componentOf({ table: "port_info_details", types: ["port_info"], columns: t }),
    index("port_info_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("port_info_details_latitude_check", sql`${t.latitude} between -90 and 90`),
    check("port_info_details_longitude_check", sql`${t.longitude} between -180 and 180`),
  ],
);

/** Optional add-ons and excursions: details of the types `excursion` and `entertainment`. */
export const optionsDetails = pgTable(
  "options_details",
  {
    ...componentColumns("excursion"),
    optionName: varchar("option_name", { length: 255 }).notNull(),
    durationMinutes: smallint("duration_minutes"),
    meetingPoint: varchar("meeting_point", { length: 255 }),
    difficulty: varchar("difficulty", { length: 20 }),
    isSelected: boolean("is_selected").notNull().default(false),
    inclusions: jsonb("inclusions").notNull().default([]),
  },
  (t) => [
    ...componentOf({ table: "options_details", types: ["excursion", "entertainment"], columns: t }),
    index("options_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("options_details_duration_check", sql`${t.durationMinutes} > 0`),
    check("options_details_difficulty_check", sql`${t.difficulty} in ('easy', 'moderate', 'strenuous')`),
  ],
);

/**
 * Package-specific details. A `custom` activity with a row here is a package: only such a one may be the parent of others
 * (0001_core_tables).
 */
export const packageDetails = pgTable(
  "package_details",
  {
    ...componentColumns("custom"),
    packageName: varchar("package_name", { length: 255 }).notNull(),
    supplierName: varchar("supplier_name", { length: 255 }),
    bookingReference: varchar("booking_reference", { length: 50 }),
    bundlePrice: amount("bundle_price"),
    currency: currency().notNull().default("CAD"),
    inclusions: jsonb("inclusions").notNull().default([]),
  },
  (t) => [
    ...componentOf({ table: "package_details", types: ["custom"], columns: t }),
    index("package_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    check("package_details_price_check", sql`${t.bundlePrice} >= 0`),
    currencyCheck("package_details_currency_check", t.currency),
  ],
);
