import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { agencies, userProfiles } from "./agency.schema.ts";
import { currency, id, instant, timestamps, timeZone } from "./columns.ts";
import { contacts, tags } from "./contact.schema.ts";
import { mediaTypeEnum, travelerTypeEnum, tripStatusEnum } from "./enums.ts";
import { agencyId, currencyCheck, partOf, policies, refersTo, timeZoneCheck } from "./tenancy.ts";

/** Trip records with travelers. */
export const trips = pgTable(
  "trips",
  {
    id: id(),
    agencyId: agencyId(),
    ownerId: uuid("owner_id").notNull(),
    status: tripStatusEnum("status").notNull().default("draft"),
    name: varchar("name", { length: 255 }).notNull(),
    reference: varchar("reference", { length: 50 }),
    primaryContactId: uuid("primary_contact_id"),
    destination: varchar("destination", { length: 255 }),
    startDate: date("start_date"),
    endDate: date("end_date"),
    timeZone: timeZone("time_zone"),
    currency: currency().notNull().default("CAD"),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "trips_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    refersTo({
      name: "trips_owner_fk",
      columns: [t.agencyId, t.ownerId],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    refersTo({
      name: "trips_primary_contact_fk",
      columns: [t.agencyId, t.primaryContactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    unique("trips_agency_key").on(t.agencyId, t.id),
    unique("trips_reference_key").on(t.agencyId, t.reference),
    // Nulls first, as ORDER BY ... DESC has them: Drizzle would write NULLS LAST, which such an order cannot use.
    index("trips_newest_idx").on(t.agencyId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("trips_owner_idx").on(t.agencyId, t.ownerId, t.createdAt.desc().nullsFirst()),
    index("trips_primary_contact_idx").on(t.agencyId, t.primaryContactId),
    index("trips_status_idx").on(t.agencyId, t.status, t.startDate),
    check("trips_dates_check", sql`${t.endDate} >= ${t.startDate}`),
    timeZoneCheck("trips_time_zone_check", t.timeZone),
    currencyCheck("trips_currency_check", t.currency),
    ...policies("trips"),
  ],
);

/** Who travels on a trip: a contact, once. */
export const tripTravelers = pgTable(
  "trip_travelers",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    contactId: uuid("contact_id").notNull(),
    travelerType: travelerTypeEnum("traveler_type").notNull().default("adult"),
    isLead: boolean("is_lead").notNull().default(false),
    specialRequests: text("special_requests"),
    ...timestamps(),
  },
  (t) => [
    partOf({ name: "trip_travelers_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    refersTo({
      name: "trip_travelers_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    unique("trip_travelers_trip_key").on(t.agencyId, t.tripId, t.id),
    unique("trip_travelers_contact_key").on(t.agencyId, t.contactId, t.tripId),
    uniqueIndex("trip_travelers_lead_key").on(t.tripId).where(sql`${t.isLead}`),
    ...policies("trip_travelers"),
  ],
);

/** Trip itineraries: alternatives a client chooses from, one of which is chosen. */
export const itineraries = pgTable(
  "itineraries",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    overview: text("overview"),
    startDate: date("start_date"),
    endDate: date("end_date"),
    isSelected: boolean("is_selected").notNull().default(false),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    partOf({ name: "itineraries_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    unique("itineraries_trip_key").on(t.agencyId, t.tripId, t.id),
    uniqueIndex("itineraries_selected_key").on(t.tripId).where(sql`${t.isSelected}`),
    check("itineraries_dates_check", sql`${t.endDate} >= ${t.startDate}`),
    ...policies("itineraries"),
  ],
);

/** Day-by-day breakdown. */
export const itineraryDays = pgTable(
  "itinerary_days",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    itineraryId: uuid("itinerary_id").notNull(),
    dayNumber: smallint("day_number").notNull(),
    date: date("date"),
    title: varchar("title", { length: 255 }),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "itinerary_days_itinerary_fk",
      columns: [t.agencyId, t.tripId, t.itineraryId],
      parent: [itineraries.agencyId, itineraries.tripId, itineraries.id],
    }),
    unique("itinerary_days_itinerary_key").on(t.agencyId, t.itineraryId, t.id),
    unique("itinerary_days_number_key").on(t.itineraryId, t.dayNumber),
    index("itinerary_days_trip_idx").on(t.agencyId, t.tripId, t.itineraryId, t.dayNumber),
    check("itinerary_days_number_check", sql`${t.dayNumber} > 0`),
    ...policies("itinerary_days"),
  ],
);

/** Trip-level images, videos and documents; the file itself lies in storage. */
export const tripMedia = pgTable(
  "trip_media",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    mediaType: mediaTypeEnum("media_type").notNull(),
    storagePath: text("storage_path").notNull(),
    fileName: varchar("file_name", { length: 255 }).notNull(),
    contentType: varchar("content_type", { length: 127 }),
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    caption: varchar("caption", { length: 500 }),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    partOf({ name: "trip_media_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    index("trip_media_trip_idx").on(t.agencyId, t.tripId, t.sortOrder),
    ...policies("trip_media"),
  ],
);

/** Trip-to-tag mapping. */
export const tripTags = pgTable(
  "trip_tags",
  {
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    tagId: uuid("tag_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: "trip_tags_pk", columns: [t.agencyId, t.tripId, t.tagId] }),
    partOf({ name: "trip_tags_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    partOf({ name: "trip_tags_tag_fk", columns: [t.agencyId, t.tagId], parent: [tags.agencyId, tags.id] }),
    index("trip_tags_tag_idx").on(t.agencyId, t.tagId),
    ...policies("trip_tags"),
  ],
);
