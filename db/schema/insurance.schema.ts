import { sql } from "drizzle-orm";
import { check, date, index, pgTable, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { amount, currency, id, instant, timestamps } from "./columns.ts";
import { insuranceStatusEnum } from "./enums.ts";
import { agencyId, currencyCheck, partOf, policies, refersTo } from "./tenancy.ts";
import { trips, tripTravelers } from "./trip.schema.ts";

/** Insurance packages offered for a trip. */
export const tripInsurancePackages = pgTable(
  "trip_insurance_packages",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    provider: varchar("provider", { length: 255 }).notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    coverage: text("coverage"),
    premiumPerTraveler: amount("premium_per_traveler").notNull(),
    currency: currency().notNull().default("CAD"),
    coverageLimit: amount("coverage_limit"),
    validFrom: date("valid_from"),
    validTo: date("valid_to"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "trip_insurance_packages_trip_fk",
      columns: [t.agencyId, t.tripId],
      parent: [trips.agencyId, trips.id],
    }),
    unique("trip_insurance_packages_trip_key").on(t.agencyId, t.tripId, t.id),
    check("trip_insurance_packages_premium_check", sql`${t.premiumPerTraveler} >= 0`),
    check("trip_insurance_packages_dates_check", sql`${t.validTo} >= ${t.validFrom}`),
    currencyCheck("trip_insurance_packages_currency_check", t.currency),
    ...policies("trip_insurance_packages"),
  ],
);

/** Per-traveler insurance status. Who accepted names a package, who declined says when. */
export const tripTravelerInsurance = pgTable(
  "trip_traveler_insurance",
  {
    id: id(),
    agencyId: agencyId(),
    tripId: uuid("trip_id").notNull(),
    tripTravelerId: uuid("trip_traveler_id").notNull(),
    insurancePackageId: uuid("insurance_package_id"),
    status: insuranceStatusEnum("status").notNull().default("offered"),
    policyNumber: varchar("policy_number", { length: 100 }),
    decidedAt: instant("decided_at"),
    ...timestamps(),
  },
  (t) => [
    partOf({
      name: "trip_traveler_insurance_traveler_fk",
      columns: [t.agencyId, t.tripId, t.tripTravelerId],
      parent: [tripTravelers.agencyId, tripTravelers.tripId, tripTravelers.id],
    }),
    refersTo({
      name: "trip_traveler_insurance_package_fk",
      columns: [t.agencyId, t.tripId, t.insurancePackageId],
      parent: [tripInsurancePackages.agencyId, tripInsurancePackages.tripId, tripInsurancePackages.id],
    }),
    unique("trip_traveler_insurance_traveler_key").on(t.agencyId, t.tripId, t.tripTravelerId),
    index("trip_traveler_insurance_package_idx").on(t.agencyId, t.tripId, t.insurancePackageId),
    check(
      "trip_traveler_insurance_package_check",
      sql`${t.status} <> 'accepted' or ${t.insurancePackageId} is not null`,
    ),
    check("trip_traveler_insurance_decided_check", sql`(${t.status} = 'offered') = (${t.decidedAt} is null)`),
    ...policies("trip_traveler_insurance"),
  ],
);
