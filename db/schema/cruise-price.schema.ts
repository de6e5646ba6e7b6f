import { sql } from "drizzle-orm";
import { check, foreignKey, index, smallint, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { catalogSchema } from "./catalog.schema.ts";
import { amount, currency, id, timestamps } from "./columns.ts";
import { cruiseSailings } from "./cruise-sailing.schema.ts";
import { cruiseShipCabinTypes } from "./cruise-ship.schema.ts";

/** Price breakdown by cabin type and occupancy, per person, in CAD; the feed's own currency is kept next to it. */
export const cruiseSailingCabinPrices = catalogSchema.table(
  "cruise_sailing_cabin_prices",
  {
    id: id(),
    sailingId: uuid("sailing_id").notNull(),
    cabinTypeId: uuid("cabin_type_id"),
    cabinCode: varchar("cabin_code", { length: 20 }).notNull(),
    cabinCategory: varchar("cabin_category", { length: 20 }).notNull(),
    rateCode: varchar("rate_code", { length: 50 }).notNull().default("BEST"),
    occupancy: smallint("occupancy").notNull().default(2),
    basePrice: amount("base_price").notNull(),
    taxes: amount("taxes").notNull().default("0"),
    nonCommissionableFees: amount("non_commissionable_fees").notNull().default("0"),
    gratuities: amount("gratuities").notNull().default("0"),
    fuelSurcharge: amount("fuel_surcharge").notNull().default("0"),
    totalPrice: amount("total_price").notNull(),
    currency: currency().notNull().default("CAD"),
    originalTotal: amount("original_total"),
    originalCurrency: currency("original_currency"),
    availability: smallint("availability"),
    ...timestamps(),
  },
  (t) => [
    foreignKey({
      name: "cruise_sailing_cabin_prices_sailing_fk",
      columns: [t.sailingId],
      foreignColumns: [cruiseSailings.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "cruise_sailing_cabin_prices_cabin_type_fk",
      columns: [t.cabinTypeId],
      foreignColumns: [cruiseShipCabinTypes.id],
    }).onDelete("set null"),
    unique("cruise_sailing_cabin_prices_key").on(t.sailingId, t.cabinCode, t.rateCode, t.occupancy),
    index("cruise_sailing_cabin_prices_category_idx").on(t.sailingId, t.cabinCategory, t.totalPrice),
    index("cruise_sailing_cabin_prices_cabin_type_idx").on(t.cabinTypeId),
    check(
      "cruise_sailing_cabin_prices_category_check",
      sql`${t.cabinCategory} in ('inside', 'outside', 'balcony', 'suite')`,
    ),
    check("cruise_sailing_cabin_prices_occupancy_check", sql`${t.occupancy} between 1 and 8`),
    check(
      "cruise_sailing_cabin_prices_total_check",
      sql`${t.totalPrice} = ${t.basePrice} + ${t.taxes} + ${t.nonCommissionableFees} + ${t.gratuities} + ${t.fuelSurcharge}`,
    ),
    check("cruise_sailing_cabin_prices_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);
