import { sql } from "drizzle-orm";
import { check, date, foreignKey, index, pgTable, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { agencies, userProfiles } from "./agency.schema.ts";
import { currency, id, timestamps } from "./columns.ts";
import { tripStatusEnum } from "./enums.ts";

/** Trip records with travelers. `agency_id` is denormalized into everything below a trip and held there by its keys. */
export const trips = pgTable(
  "trips",
  {
    id: id(),
    agencyId: uuid("agency_id").notNull(),
    ownerId: uuid("owner_id").notNull(),
    status: tripStatusEnum("status").notNull().default("draft"),
    name: varchar("name", { length: 255 }).notNull(),
    reference: varchar("reference", { length: 50 }),
    destination: varchar("destination", { length: 255 }),
    startDate: date("start_date"),
    endDate: date("end_date"),
    currency: currency().notNull().default("CAD"),
    notes: text("notes"),
    ...timestamps(),
  },
  (t) => [
    foreignKey({ name: "trips_agency_fk", columns: [t.agencyId], foreignColumns: [agencies.id] }),
    foreignKey({
      name: "trips_owner_fk",
      columns: [t.agencyId, t.ownerId],
      foreignColumns: [userProfiles.agencyId, userProfiles.id],
    }),
    unique("trips_agency_key").on(t.agencyId, t.id),
    unique("trips_reference_key").on(t.agencyId, t.reference),
    index("trips_newest_idx").on(t.agencyId, t.createdAt.desc(), t.id.desc()),
    index("trips_owner_idx").on(t.agencyId, t.ownerId, t.createdAt.desc()),
    check("trips_dates_check", sql`${t.endDate} >= ${t.startDate}`),
    check("trips_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);
