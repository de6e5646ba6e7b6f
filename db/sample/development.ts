import type { Sql, TransactionSql } from "postgres";
import { makeAgency, type SampleAgency } from "./agency-rows.ts";
import { copyRows } from "./copy.ts";
import { createRandom, uuidOf } from "./random.ts";
import { createSheet } from "./sheet.ts";
import { makeTrip, tripTables } from "./trip-rows.ts";

/** How much a seed holds: trips and contacts per agency. */
const sizes = {
  small: [
    { name: "Tailfire Travel", trips: 12, contacts: 40 },
    { name: "Nordic Journeys", trips: 4, contacts: 12 },
  ],
  large: [
    { name: "Tailfire Travel", trips: 2000, contacts: 4000 },
    { name: "Nordic Journeys", trips: 500, contacts: 1000 },
  ],
};

/** A size of the seed. */
export type SeedSize = keyof typeof sizes;

/** What was seeded. */
export interface SeededDevelopment {
  /** False where the database already held one of these agencies: nothing was written then. */
  readonly seeded: boolean;
  readonly agencies: readonly SampleAgency[];
  readonly rows: Record<string, number>;
}

const agencyTables = [
  "agencies", "user_profiles", "contacts", "contact_addresses", "contact_documents", "contact_relationships", "tags",
  "contact_tags", "email_templates", "payment_schedule_templates", "payment_schedule_template_items", "itinerary_templates",
  "package_templates", "api_provider_configs", "currency_exchange_rates",
]; // biome-ignore format: a list of names

function makeSheet(size: SeedSize) {
  const random = createRandom(20260107);
  const sheet = createSheet([...agencyTables, ...tripTables]);
  const agencies = sizes[size].map(({ name, trips, contacts }) => {
    const agency = makeAgency({ sheet, random, name, contacts });
    for (let number = 1; number <= trips; number += 1) makeTrip({ sheet, random, agency, number });
    return agency;
  });
  for (const [quote, rate] of [["USD", "0.72993000"], ["EUR", "0.67114000"], ["GBP", "0.57471000"]] as const) {
    sheet.add("currency_exchange_rates", {
      id: uuidOf(`rate ${quote}`), base_currency: "CAD", quote_currency: quote, rate, rate_date: "2026-11-20", source: "sample",
    });
  } // biome-ignore format: a table of rates
  return { sheet, agencies };
}

/** The one instance that Auth has: it looks for users nowhere else. */
const INSTANCE = "00000000-0000-0000-0000-000000000000";

/**
 * Users as the Auth server leaves them after a sign-up by e-mail, without a password: the admin API sets one. Columns of
 * tokens are empty texts, since it cannot read a null there.
 */
async function addUsers(tx: TransactionSql, agencies: readonly SampleAgency[]): Promise<void> {
  const now = new Date();
  const users = agencies.flatMap((agency) => agency.users);
  const rows = users.map(({ id, email }) => ({
    ...{ instance_id: INSTANCE, id, email, aud: "authenticated", role: "authenticated", email_confirmed_at: now },
    ...{ created_at: now, updated_at: now, raw_app_meta_data: { provider: "email", providers: ["email"] } },
    ...{
      raw_user_meta_data: {},
      confirmation_token: "",
      recovery_token: "",
      email_change: "",
      email_change_token_new: "",
    },
  }));
  await tx`insert into auth.users ${tx(rows)} on conflict (id) do nothing`;
  const identities = users.map(({ id, email }) => ({
    ...{ provider_id: id, user_id: id, provider: "email", created_at: now, updated_at: now },
    identity_data: { sub: id, email, email_verified: true, phone_verified: false },
  }));
  await tx`insert into auth.identities ${tx(identities)} on conflict (provider_id, provider) do nothing`;
}

// A child is put into its package once the package has its details: the database wants it in that order.
const fillPackages = (tx: TransactionSql) => tx`
  update itinerary_activities child set parent_activity_id = package.id
  from itinerary_activities package join package_details details on details.activity_id = package.id
  where child.itinerary_id = package.itinerary_id and child.component_type = 'excursion'`;

/**
 * Fills a development database with a believable agency, and a second one to see the two kept apart: the same rows every
 * time. One transaction; a database that holds these agencies is left as it is.
 */
export async function seedDevelopment(
  sql: Sql,
  { size = "small" }: { size?: SeedSize } = {},
): Promise<SeededDevelopment> {
  const { sheet, agencies } = makeSheet(size);
  return sql.begin(async (tx) => {
    const held = await tx`select 1 from agencies where id in ${tx(agencies.map(({ id }) => id))}`;
    if (held.length > 0) return { seeded: false, agencies, rows: {} };
    await addUsers(tx, agencies);
    const rows: Record<string, number> = {};
    for (const part of sheet.all("public")) rows[part.table[1]] = await copyRows(tx, part);
    await fillPackages(tx);
    for (const { id } of agencies) {
      await tx`select tenancy.store_api_credential(${id}, 'traveltek', 'feed', ${`sample-key-of-${id}`})`;
    }
    return { seeded: true, agencies, rows };
  });
}
