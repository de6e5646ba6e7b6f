import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, jsonb, smallint, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import { id, timestamps } from "./columns.ts";
import { cruiseShips } from "./cruise-reference.schema.ts";

/** Ship gallery and hero images. */
export const cruiseShipImages = catalogSchema.table(
  "cruise_ship_images",
  {
    id: id(),
    shipId: uuid("ship_id").notNull(),
    imageType: varchar("image_type", { length: 20 }).notNull().default("gallery"),
    url: text("url").notNull(),
    thumbnailUrl: text("thumbnail_url"),
    caption: varchar("caption", { length: 500 }),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    foreignKey({ name: "cruise_ship_images_ship_fk", columns: [t.shipId], foreignColumns: [cruiseShips.id] }).onDelete(
      "cascade",
    ),
    unique("cruise_ship_images_ship_url_key").on(t.shipId, t.url),
    check("cruise_ship_images_image_type_check", sql`${t.imageType} in ('hero', 'gallery', 'exterior', 'interior')`),
  ],
);

/** Ship deck plans. */
export const cruiseShipDecks = catalogSchema.table(
  "cruise_ship_decks",
  {
    id: id(),
    shipId: uuid("ship_id").notNull(),
    providerIdentifier: varchar("provider_identifier", { length: 100 }),
    name: varchar("name", { length: 100 }).notNull(),
    deckNumber: smallint("deck_number").notNull(),
    description: text("description"),
    deckPlanUrl: text("deck_plan_url"),
    cabinLocations: jsonb("cabin_locations").notNull().default([]),
    ...timestamps(),
  },
  (t) => [
    foreignKey({ name: "cruise_ship_decks_ship_fk", columns: [t.shipId], foreignColumns: [cruiseShips.id] }).onDelete(
      "cascade",
    ),
    unique("cruise_ship_decks_ship_number_key").on(t.shipId, t.deckNumber),
  ],
);

/** Cabin categories per ship. */
export const cruiseShipCabinTypes = catalogSchema.table(
  "cruise_ship_cabin_types",
  {
    id: id(),
    shipId: uuid("ship_id").notNull(),
    cabinCode: varchar("cabin_code", { length: 20 }).notNull(),
    cabinCategory: varchar("cabin_category", { length: 20 }).notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    description: text("description"),
    colourCode: varchar("colour_code", { length: 20 }),
    minOccupancy: smallint("min_occupancy").notNull().default(1),
    maxOccupancy: smallint("max_occupancy").notNull().default(4),
    isAccessible: boolean("is_accessible").notNull().default(false),
    defaultImageUrl: text("default_image_url"),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    foreignKey({
      name: "cruise_ship_cabin_types_ship_fk",
      columns: [t.shipId],
      foreignColumns: [cruiseShips.id],
    }).onDelete("cascade"),
    unique("cruise_ship_cabin_types_ship_code_key").on(t.shipId, t.cabinCode),
    index("cruise_ship_cabin_types_category_idx").on(t.shipId, t.cabinCategory),
    check(
      "cruise_ship_cabin_types_category_check",
      sql`${t.cabinCategory} in ('inside', 'outside', 'balcony', 'suite')`,
    ),
    check("cruise_ship_cabin_types_occupancy_check", sql`${t.minOccupancy} between 1 and ${t.maxOccupancy}`),
  ],
);

/** Cabin type images. */
export const cruiseCabinImages = catalogSchema.table(
  "cruise_cabin_images",
  {
    id: id(),
    cabinTypeId: uuid("cabin_type_id").notNull(),
    imageType: varchar("image_type", { length: 20 }).notNull().default("photo"),
    url: text("url").notNull(),
    thumbnailUrl: text("thumbnail_url"),
    caption: varchar("caption", { length: 500 }),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    foreignKey({
      name: "cruise_cabin_images_cabin_type_fk",
      columns: [t.cabinTypeId],
      foreignColumns: [cruiseShipCabinTypes.id],
    }).onDelete("cascade"),
    unique("cruise_cabin_images_cabin_type_url_key").on(t.cabinTypeId, t.url),
    check("cruise_cabin_images_image_type_check", sql`${t.imageType} in ('photo', 'floor_plan')`),
  ],
);
