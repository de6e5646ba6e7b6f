import { sql } from "drizzle-orm";
import { boolean, check, index, jsonb, pgTable, smallint, text, uuid, varchar } from "drizzle-orm/pg-core";
import { agencies, userProfiles } from "./agency.schema.ts";
import { amount, currency, id, timestamps } from "./columns.ts";
import { agencyId, currencyCheck, policies, refersTo } from "./tenancy.ts";

/** Reusable itinerary structures: `days` is an array, one entry a day, as the application lays it out. */
export const itineraryTemplates = pgTable(
  "itinerary_templates",
  {
    id: id(),
    agencyId: agencyId(),
    createdById: uuid("created_by_id"),
    name: varchar("name", { length: 255 }).notNull(),
    description: text("description"),
    destination: varchar("destination", { length: 255 }),
    dayCount: smallint("day_count").notNull(),
    days: jsonb("days").notNull().default([]),
    isActive: boolean("is_active").notNull().default(true),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "itinerary_templates_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    refersTo({
      name: "itinerary_templates_created_by_fk",
      columns: [t.agencyId, t.createdById],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    index("itinerary_templates_created_by_idx").on(t.agencyId, t.createdById),
    index("itinerary_templates_name_idx").on(t.agencyId, t.name),
    check("itinerary_templates_days_check", sql`${t.dayCount} > 0 and jsonb_typeof(${t.days}) = 'array'`),
    ...policies("itinerary_templates"),
  ],
);

/** Reusable package templates: `components` is an array of activities to create. */
export const packageTemplates = pgTable(
  "package_templates",
  {
    id: id(),
    agencyId: agencyId(),
    createdById: uuid("created_by_id"),
    name: varchar("name", { length: 255 }).notNull(),
    description: text("description"),
    priceFrom: amount("price_from"),
    currency: currency().notNull().default("CAD"),
    components: jsonb("components").notNull().default([]),
    isActive: boolean("is_active").notNull().default(true),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "package_templates_agency_fk", columns: [t.agencyId], parent: [agencies.id] }),
    refersTo({
      name: "package_templates_created_by_fk",
      columns: [t.agencyId, t.createdById],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    index("package_templates_created_by_idx").on(t.agencyId, t.createdById),
    index("package_templates_name_idx").on(t.agencyId, t.name),
    check("package_templates_price_check", sql`${t.priceFrom} >= 0`),
    check("package_templates_components_check", sql`jsonb_typeof(${t.components}) = 'array'`),
    currencyCheck("package_templates_currency_check", t.currency),
    ...policies("package_templates"),
  ],
);
