import { sql } from "drizzle-orm";
import { check, index, pgTable, smallint, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { id, instant, timestamps, timeZone } from "./columns.ts";
import { componentColumns, componentOf } from "./component.ts";
import { agencyId, partOf, policies, timeZoneCheck } from "./tenancy.ts";

/** Flight bookings. */
export const flightDetails = pgTable(
  "flight_details",
  {
    ...componentColumns("flight"),
    bookingReference: varchar("booking_reference", { length: 20 }),
    fareClass: varchar("fare_class", { length: 50 }),
    baggageAllowance: varchar("baggage_allowance", { length: 255 }),
    ticketedAt: instant("ticketed_at"),
  },
  (t) => [
    ...componentOf({ table: "flight_details", types: ["flight"], columns: t }),
    index("flight_details_activity_idx").on(t.agencyId, t.activityId, t.componentType),
    unique("flight_details_agency_key").on(t.agencyId, t.activityId),
  ],
);

/** The legs of a flight, each with the zones its two ends are in. */
export const flightSegments = pgTable(
  "flight_segments",
  {
    id: id(),
    agencyId: agencyId(),
    activityId: uuid("activity_id").notNull(),
    segmentNumber: smallint("segment_number").notNull(),
    carrierCode: varchar("carrier_code", { length: 3 }).notNull(),
    flightNumber: varchar("flight_number", { length: 10 }).notNull(),
    departureAirport: varchar("departure_airport", { length: 3 }).notNull(),
    departsAt: instant("departs_at").notNull(),
    departureTimeZone: timeZone("departure_time_zone").notNull(),
    arrivalAirport: varchar("arrival_airport", { length: 3 }).notNull(),
    arrivesAt: instant("arrives_at").notNull(),
    arrivalTimeZone: timeZone("arrival_time_zone").notNull(),
    aircraft: varchar("aircraft", { length: 50 }),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "flight_segments_flight_fk",
      columns: [t.agencyId, t.activityId],
      parent: [flightDetails.agencyId, flightDetails.activityId],
    }),
    unique("flight_segments_key").on(t.agencyId, t.activityId, t.segmentNumber),
    index("flight_segments_departs_idx").on(t.agencyId, t.departsAt),
    check("flight_segments_times_check", sql`${t.arrivesAt} > ${t.departsAt}`),
    check(
      "flight_segments_airports_check",
      sql`${t.departureAirport} ~ '^[A-Z]{3}$' and ${t.arrivalAirport} ~ '^[A-Z]{3}$'`,
    ),
    timeZoneCheck("flight_segments_time_zones_check", t.departureTimeZone, t.arrivalTimeZone),
    ...policies("flight_segments"),
  ],
);
