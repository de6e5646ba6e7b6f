import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, smallint, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { id, instant, timestamps, timeZone } from "./columns.ts";
import { activityStatusEnum, componentTypeEnum } from "./enums.ts";
import { agencyId, partOf, policies, refersTo, timeZoneCheck } from "./tenancy.ts";
import { itineraries, itineraryDays, tripTravelers } from "./trip.schema.ts";

/**
 * Base activity records of all component types: `activities` of the system description's deep dive and
 * `itinerary_activities` of its list are this one table. `parent_activity_id` puts an activity into a package; that the
 * parent is one and that no chain of parents leads back is held by the database (0001_core_tables).
 */
export const itineraryActivities = pgTable(
  "itinerary_activities",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    itineraryId: uuid("itinerary_id").notNull(),
    itineraryDayId: uuid("itinerary_day_id"),
    componentType: componentTypeEnum("component_type").notNull(),
    parentActivityId: uuid("parent_activity_id"),
    status: activityStatusEnum("status").notNull().default("proposed"),
    name: varchar("name", { length: 255 }).notNull(),
    description: text("description"),
    startsAt: instant("starts_at"),
    endsAt: instant("ends_at"),
    timeZone: timeZone("time_zone"),
    location: varchar("location", { length: 255 }),
    confirmationNumber: varchar("confirmation_number", { length: 100 }),
    sortOrder: smallint("sort_order").notNull().default(0),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "itinerary_activities_itinerary_fk",
      columns: [t.agencyId, t.tripId, t.itineraryId],
      parent: [itineraries.agencyId, itineraries.tripId, itineraries.id],
    }),
    refersTo({
      name: "itinerary_activities_day_fk",
      columns: [t.agencyId, t.itineraryId, t.itineraryDayId],
      parent: [itineraryDays.agencyId, itineraryDays.itineraryId, itineraryDays.id],
    }),
    partOf({
      name: "itinerary_activities_parent_fk",
      columns: [t.agencyId, t.itineraryId, t.parentActivityId],
      parent: [t.agencyId, t.itineraryId, t.id],
    }),
    unique("itinerary_activities_itinerary_key").on(t.agencyId, t.itineraryId, t.id),
    unique("itinerary_activities_trip_key").on(t.agencyId, t.tripId, t.id),
    unique("itinerary_activities_type_key").on(t.agencyId, t.id, t.componentType),
    index("itinerary_activities_order_idx").on(t.agencyId, t.tripId, t.itineraryId, t.itineraryDayId, t.sortOrder),
    index("itinerary_activities_day_idx").on(t.agencyId, t.itineraryId, t.itineraryDayId),
    index("itinerary_activities_parent_idx").on(t.agencyId, t.itineraryId, t.parentActivityId),
    index("itinerary_activities_starts_idx").on(t.agencyId, t.startsAt),
    check("itinerary_activities_times_check", sql`${t.endsAt} >= ${t.startsAt}`),
    check("itinerary_activities_zone_check", sql`${t.startsAt} is null or ${t.timeZone} is not null`),
    timeZoneCheck("itinerary_activities_time_zone_check", t.timeZone),
    check("itinerary_activities_parent_check", sql`${t.parentActivityId} <> ${t.id}`),
    ...policies("itinerary_activities"),
  ],
);

/** Vendor information: who provides an activity, under which confirmation. */
export const activitySuppliers = pgTable(
  "activity_suppliers",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    supplierCode: varchar("supplier_code", { length: 50 }),
    contactName: varchar("contact_name", { length: 255 }),
    email: varchar("email", { length: 320 }),
    phone: varchar("phone", { length: 32 }),
    confirmationNumber: varchar("confirmation_number", { length: 100 }),
    isPrimary: boolean("is_primary").notNull().default(true),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_suppliers_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: [itineraryActivities.agencyId, itineraryActivities.tripId, itineraryActivities.id],
    }),
    index("activity_suppliers_activity_idx").on(t.agencyId, t.tripId, t.activityId),
    index("activity_suppliers_name_idx").on(t.agencyId, t.name),
    ...policies("activity_suppliers"),
  ],
);

/** Which travelers of the trip take part in an activity. */
export const activityTravelers = pgTable(
  "activity_travelers",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    tripTravelerId: uuid("trip_traveler_id").notNull(),
    seatOrRoom: varchar("seat_or_room", { length: 50 }),
    ticketNumber: varchar("ticket_number", { length: 50 }),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_travelers_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: [itineraryActivities.agencyId, itineraryActivities.tripId, itineraryActivities.id],
    }),
    partOf({
      name: "activity_travelers_traveler_fk",
      columns: [t.agencyId, t.tripId, t.tripTravelerId],
      parent: [tripTravelers.agencyId, tripTravelers.tripId, tripTravelers.id],
    }),
    unique("activity_travelers_key").on(t.agencyId, t.tripId, t.activityId, t.tripTravelerId),
    index("activity_travelers_traveler_idx").on(t.agencyId, t.tripId, t.tripTravelerId),
    ...policies("activity_travelers"),
  ],
);
