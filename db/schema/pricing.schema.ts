import { sql } from "drizzle-orm";
import { check, date, index, integer, pgTable, smallint, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { itineraryActivities } from "./activity.schema.ts";
import { amount, currency, id, percent, timestamps } from "./columns.ts";
import { pricingItemTypeEnum } from "./enums.ts";
import { agencyId, currencyCheck, partOf, policies } from "./tenancy.ts";
import { tripTravelers } from "./trip.schema.ts";

/** Cost breakdown of an activity, and the commission on it. `booked_on` is what a month's commission is counted by. */
export const activityPricing = pgTable(
  "activity_pricing",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    currency: currency().notNull().default("CAD"),
    totalPrice: amount("total_price").notNull(),
    taxesAndFees: amount("taxes_and_fees").notNull().default("0"),
    commissionRate: percent("commission_rate"),
    commissionAmount: amount("commission_amount").notNull().default("0"),
    bookedOn: date("booked_on"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_pricing_activity_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: [itineraryActivities.agencyId, itineraryActivities.tripId, itineraryActivities.id],
    }),
    unique("activity_pricing_activity_key").on(t.agencyId, t.tripId, t.activityId),
    unique("activity_pricing_agency_key").on(t.agencyId, t.id),
    index("activity_pricing_booked_idx").on(t.agencyId, t.bookedOn),
    check(
      "activity_pricing_amounts_check",
      sql`${t.totalPrice} >= 0 and ${t.taxesAndFees} between 0 and ${t.totalPrice}`,
    ),
    check("activity_pricing_rate_check", sql`${t.commissionRate} between 0 and 100`),
    currencyCheck("activity_pricing_currency_check", t.currency),
    ...policies("activity_pricing"),
  ],
);

/** Individual pricing line items, in the currency of the breakdown. */
export const activityPricingItems = pgTable(
  "activity_pricing_items",
  {
    id: id(),
    agencyId: agencyId(),
    activityPricingId: uuid("activity_pricing_id").notNull(),
    itemType: pricingItemTypeEnum("item_type").notNull().default("base"),
    description: varchar("description", { length: 255 }).notNull(),
    quantity: integer("quantity").notNull().default(1),
    unitAmount: amount("unit_amount").notNull(),
    totalAmount: amount("total_amount").notNull(),
    sortOrder: smallint("sort_order").notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_pricing_items_pricing_fk",
      columns: [t.agencyId, t.activityPricingId],
      parent: [activityPricing.agencyId, activityPricing.id],
    }),
    index("activity_pricing_items_pricing_idx").on(t.agencyId, t.activityPricingId, t.sortOrder),
    check("activity_pricing_items_total_check", sql`${t.totalAmount} = ${t.quantity} * ${t.unitAmount}`),
    check("activity_pricing_items_quantity_check", sql`${t.quantity} > 0`),
    ...policies("activity_pricing_items"),
  ],
);

/** Per-traveler cost breakdown. The splits of an activity add up to its price (checked at the end of the transaction). */
export const activityTravellerSplits = pgTable(
  "activity_traveller_splits",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    activityId: uuid("activity_id").notNull(),
    tripTravelerId: uuid("trip_traveler_id").notNull(),
    amount: amount("amount").notNull(),
    currency: currency().notNull().default("CAD"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "activity_traveller_splits_pricing_fk",
      columns: [t.agencyId, t.tripId, t.activityId],
      parent: [activityPricing.agencyId, activityPricing.tripId, activityPricing.activityId],
    }),
    partOf({
      name: "activity_traveller_splits_traveler_fk",
      columns: [t.agencyId, t.tripId, t.tripTravelerId],
      parent: [tripTravelers.agencyId, tripTravelers.tripId, tripTravelers.id],
    }),
    unique("activity_traveller_splits_key").on(t.agencyId, t.tripId, t.activityId, t.tripTravelerId),
    index("activity_traveller_splits_traveler_idx").on(t.agencyId, t.tripId, t.tripTravelerId),
    check("activity_traveller_splits_amount_check", sql`${t.amount} >= 0`),
    currencyCheck("activity_traveller_splits_currency_check", t.currency),
    ...policies("activity_traveller_splits"),
  ],
);
