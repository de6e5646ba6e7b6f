import { activityTables, makeActivities } from "./activity-rows.ts";
import type { SampleAgency } from "./agency-rows.ts";
import { addDays, type Random, uuidOf } from "./random.ts";
import { money, type SampleTrip } from "./sample-trip.ts";
import type { Sheet } from "./sheet.ts";

/** The tables a trip fills, parents first. */
export const tripTables = [
  "trips", "trip_travelers", "trip_tags", "trip_media", "itineraries", "itinerary_days", ...activityTables,
  "trip_insurance_packages", "trip_traveler_insurance", "expected_payment_items", "payment_transactions", "service_fees",
  "trip_orders", "email_logs",
]; // biome-ignore format: a list of names

const destinations = [
  ["Italy and the Mediterranean", "Europe/Rome"],
  ["Alaska by sea", "America/Juneau"],
  ["Japan in spring", "Asia/Tokyo"],
  ["Caribbean winter", "America/Puerto_Rico"],
] as const;

function makeTravelers(options: { sheet: Sheet; agency: SampleAgency; tripId: string; first: number; count: number }) {
  const { sheet, agency, tripId, first, count } = options;
  return Array.from({ length: count }, (_, index) => {
    const id = uuidOf(`traveler ${tripId} ${index}`);
    const contact = agency.contacts[(first + index) % agency.contacts.length];
    sheet.add("trip_travelers", {
      id,
      agency_id: agency.id,
      trip_id: tripId,
      contact_id: contact?.id ?? "",
      is_lead: index === 0,
    });
    return id;
  });
}

function makePayments({ sheet, agencyId, id, startDate }: SampleTrip, totalCents: number, contactId: string): void {
  const deposit = Math.round(totalCents / 4);
  const [depositId, bookedOn] = [uuidOf(`deposit ${id}`), addDays(startDate, -120)];
  const item = (row: { id: string; description: string; due: string; cents: number; paid: number; status: string; sequence: number }) =>
    sheet.add("expected_payment_items", {
      id: row.id, agency_id: agencyId, trip_id: id, description: row.description, due_date: row.due,
      amount: money(row.cents), paid_amount: money(row.paid), status: row.status, sequence: row.sequence,
    }); // biome-ignore format: one line for the plain columns
  item({
    id: depositId,
    description: "Deposit",
    due: bookedOn,
    cents: deposit,
    paid: deposit,
    status: "paid",
    sequence: 1,
  });
  item({
    id: uuidOf(`final ${id}`), description: "Final payment", due: addDays(startDate, -60), cents: totalCents - deposit,
    paid: 0, status: "pending", sequence: 2,
  }); // biome-ignore format: one line for the plain columns
  sheet.add("payment_transactions", {
    id: uuidOf(`payment ${id}`), agency_id: agencyId, trip_id: id, expected_payment_item_id: depositId, contact_id: contactId,
    method: "card", status: "succeeded", amount: money(deposit), received_at: `${bookedOn}T15:04:05Z`, external_reference: `pi_${id}`,
  }); // biome-ignore format: one line for the plain columns
  sheet.add("service_fees", {
    id: uuidOf(`fee ${id}`), agency_id: agencyId, trip_id: id, contact_id: contactId, description: "Planning fee",
    amount: "150.00", application_fee: "4.50", status: "sent", stripe_account_id: "acct_sample",
  }); // biome-ignore format: one line for the plain columns
}

function makeInsurance({ sheet, agencyId, id, travelers, startDate }: SampleTrip): void {
  const packageId = uuidOf(`insurance ${id}`);
  sheet.add("trip_insurance_packages", {
    id: packageId, agency_id: agencyId, trip_id: id, provider: "Maple Assurance", name: "All-inclusive",
    premium_per_traveler: "189.00", coverage_limit: "10000.00", valid_from: startDate, valid_to: addDays(startDate, 14),
  }); // biome-ignore format: one line for the plain columns
  for (const [index, traveler] of travelers.entries()) {
    const accepted = index === 0;
    sheet.add("trip_traveler_insurance", {
      id: uuidOf(`cover ${traveler}`), agency_id: agencyId, trip_id: id, trip_traveler_id: traveler,
      insurance_package_id: accepted ? packageId : null, status: accepted ? "accepted" : "declined",
      decided_at: `${addDays(startDate, -100)}T12:00:00Z`,
    }); // biome-ignore format: one line for the plain columns
  }
}

function makeItinerary(sheet: Sheet, agencyId: string, tripId: string, startDate: string) {
  const itineraryId = uuidOf(`itinerary ${tripId}`);
  sheet.add("itineraries", {
    id: itineraryId, agency_id: agencyId, trip_id: tripId, name: "Our proposal", start_date: startDate,
    end_date: addDays(startDate, 7), is_selected: true,
  }); // biome-ignore format: one line for the plain columns
  const days = Array.from({ length: 8 }, (_, index) => {
    const id = uuidOf(`day ${tripId} ${index}`);
    sheet.add("itinerary_days", {
      id, agency_id: agencyId, trip_id: tripId, itinerary_id: itineraryId, day_number: index + 1, date: addDays(startDate, index),
    }); // biome-ignore format: one line for the plain columns
    return id;
  });
  return { itineraryId, days };
}

/** One trip of an agency with everything below it: activities of all ten component types, prices, payments, insurance. */
export function makeTrip(options: { sheet: Sheet; random: Random; agency: SampleAgency; number: number }): void {
  const { sheet, random, agency, number } = options;
  const id = uuidOf(`trip ${agency.id} ${number}`);
  const owner = agency.users[number % 2];
  const contact = agency.contacts[number % agency.contacts.length];
  const [name, zone] = random.pick(destinations);
  const startDate = addDays("2027-01-10", (number * 3) % 700);
  sheet.add("trips", {
    id, agency_id: agency.id, owner_id: owner?.id ?? "", status: random.pick(["draft", "quoted", "booked"]), name,
    reference: `T-${String(number).padStart(6, "0")}`, primary_contact_id: contact?.id ?? "", destination: name,
    start_date: startDate, end_date: addDays(startDate, 7), time_zone: zone,
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString(),
  }); // biome-ignore format: one line for the plain columns
  const travelers = makeTravelers({ sheet, agency, tripId: id, first: number, count: random.integer(2, 4) });
  const trip: SampleTrip = {
    sheet,
    random,
    agencyId: agency.id,
    id,
    travelers,
    startDate,
    zone,
    ...makeItinerary(sheet, agency.id, id, startDate),
  };
  const total = makeActivities(trip);
  makePayments(trip, total, contact?.id ?? "");
  makeInsurance(trip);
  sheet.add("trip_tags", { agency_id: agency.id, trip_id: id, tag_id: random.pick(agency.tags) });
  sheet.add("trip_media", {
    id: uuidOf(`media ${id}`),
    agency_id: agency.id,
    trip_id: id,
    media_type: "image",
    storage_path: `trips/${id}/cover.jpg`,
    file_name: "cover.jpg",
  });
  sheet.add("trip_orders", {
    id: uuidOf(`order ${id}`),
    agency_id: agency.id,
    trip_id: id,
    version: 1,
    created_by_id: owner?.id ?? "",
    total: money(total),
    snapshot: { name, travelers: travelers.length },
  });
  sheet.add("email_logs", {
    id: uuidOf(`email ${id}`), agency_id: agency.id, template_id: agency.templateId, trip_id: id, contact_id: contact?.id ?? "",
    sent_by_id: owner?.id ?? "", to_addresses: `{${contact?.email}}`, subject: `Your trip ${name} is booked`, status: "sent",
    sent_at: `${addDays(startDate, -119)}T09:00:00Z`,
  }); // biome-ignore format: one line for the plain columns
}
