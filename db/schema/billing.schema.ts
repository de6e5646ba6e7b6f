import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { userProfiles } from "./agency.schema.ts";
import { amount, currency, id, instant, timestamps } from "./columns.ts";
import { contacts } from "./contact.schema.ts";
import { serviceFeeStatusEnum } from "./enums.ts";
import { agencyId, currencyCheck, policies, refersTo } from "./tenancy.ts";
import { trips } from "./trip.schema.ts";

/** Exchange rate cache, shared by all agencies: one unit of `base` is `rate` units of `quote` on that day. */
export const currencyExchangeRates = pgTable(
  "currency_exchange_rates",
  {
    id: id(),
    baseCurrency: currency("base_currency").notNull(),
    quoteCurrency: currency("quote_currency").notNull(),
    rate: numeric("rate", { precision: 18, scale: 8 }).notNull(),
    rateDate: date("rate_date").notNull(),
    source: varchar("source", { length: 100 }).notNull(),
    fetchedAt: instant("fetched_at").notNull().defaultNow(),
  },
  (t) => [
    unique("currency_exchange_rates_key").on(t.baseCurrency, t.quoteCurrency, t.rateDate, t.source),
    check("currency_exchange_rates_rate_check", sql`${t.rate} > 0 and ${t.baseCurrency} <> ${t.quoteCurrency}`),
    currencyCheck("currency_exchange_rates_base_check", t.baseCurrency),
    currencyCheck("currency_exchange_rates_quote_check", t.quoteCurrency),
    ...policies("currency_exchange_rates"),
  ],
);

/** Service fees via Stripe Connect. */
export const serviceFees = pgTable(
  "service_fees",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    contactId: uuid("contact_id"),
    description: varchar("description", { length: 255 }).notNull(),
    amount: amount("amount").notNull(),
    applicationFee: amount("application_fee").notNull().default("0"),
    currency: currency().notNull().default("CAD"),
    status: serviceFeeStatusEnum("status").notNull().default("draft"),
    stripeAccountId: varchar("stripe_account_id", { length: 64 }),
    stripePaymentIntentId: varchar("stripe_payment_intent_id", { length: 64 }),
    paidAt: instant("paid_at"),
    ...timestamps(),
  },
  (t) => [
    refersTo({ name: "service_fees_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    refersTo({
      name: "service_fees_contact_fk",
      columns: [t.agencyId, t.contactId],
      parent: [contacts.agencyId, contacts.id],
    }),
    index("service_fees_trip_idx").on(t.agencyId, t.tripId),
    index("service_fees_contact_idx").on(t.agencyId, t.contactId),
    uniqueIndex("service_fees_stripe_key").on(t.agencyId, t.stripePaymentIntentId),
    check("service_fees_amount_check", sql`${t.amount} > 0 and ${t.applicationFee} between 0 and ${t.amount}`),
    check("service_fees_paid_check", sql`${t.status} <> 'paid' or ${t.paidAt} is not null`),
    currencyCheck("service_fees_currency_check", t.currency),
    ...policies("service_fees"),
  ],
);

/** Versioned trip order JSON snapshots: what was sold, as it was at that moment. */
export const tripOrders = pgTable(
  "trip_orders",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    version: integer("version").notNull(),
    createdById: uuid("created_by_id"),
    total: amount("total").notNull(),
    currency: currency().notNull().default("CAD"),
    snapshot: jsonb("snapshot").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    refersTo({ name: "trip_orders_trip_fk", columns: [t.agencyId, t.tripId], parent: [trips.agencyId, trips.id] }),
    refersTo({
      name: "trip_orders_created_by_fk",
      columns: [t.agencyId, t.createdById],
      parent: [userProfiles.agencyId, userProfiles.id],
    }),
    unique("trip_orders_version_key").on(t.agencyId, t.tripId, t.version),
    index("trip_orders_created_by_idx").on(t.agencyId, t.createdById),
    check("trip_orders_version_check", sql`${t.version} > 0`),
    currencyCheck("trip_orders_currency_check", t.currency),
    ...policies("trip_orders"),
  ],
);
