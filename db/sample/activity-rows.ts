import { addDays, uuidOf } from "./random.ts";
import { money, type SampleTrip } from "./sample-trip.ts";

/** The tables the activities of a trip fill, parents first. */
export const activityTables = [
  "itinerary_activities", "activity_media", "activity_documents", "activity_suppliers", "activity_travelers",
  "activity_pricing", "activity_pricing_items", "activity_traveller_splits", "flight_details", "flight_segments",
  "lodging_details", "dining_details", "transportation_details", "custom_cruise_details", "port_info_details",
  "options_details", "package_details",
]; // biome-ignore format: a list of names

interface Plan {
  readonly type: string;
  readonly day: number;
  readonly name: string;
  /** In cents; zero where the activity has no price of its own. */
  readonly price: number;
  readonly details?: (trip: SampleTrip, id: string) => void;
}

const base = (trip: SampleTrip, id: string, type: string) => ({
  activity_id: id,
  agency_id: trip.agencyId,
  component_type: type,
});

function flight(trip: SampleTrip, id: string): void {
  trip.sheet.add("flight_details", { ...base(trip, id, "flight"), booking_reference: "QX7PLM", fare_class: "Economy" });
  const legs = [
    ["YYZ", "LHR", "America/Toronto", "Europe/London", "18:30", 7],
    ["LHR", "FCO", "Europe/London", "Europe/Rome", "08:10", 3],
  ] as const;
  for (const [index, [from, to, departureZone, arrivalZone, time, hours]] of legs.entries()) {
    const departs = Date.parse(`${addDays(trip.startDate, index)}T${time}:00Z`);
    trip.sheet.add("flight_segments", {
      id: uuidOf(`segment ${id} ${index}`), agency_id: trip.agencyId, activity_id: id, segment_number: index + 1,
      carrier_code: "AC", flight_number: `8${50 + index}`, departure_airport: from, departs_at: new Date(departs).toISOString(),
      departure_time_zone: departureZone, arrival_airport: to, arrives_at: new Date(departs + hours * 3_600_000).toISOString(),
      arrival_time_zone: arrivalZone,
    }); // biome-ignore format: one line for the plain columns
  }
}

const option = (type: string) => (trip: SampleTrip, id: string) =>
  trip.sheet.add("options_details", {
    ...base(trip, id, type),
    option_name: "Small group",
    duration_minutes: 180,
    difficulty: "easy",
    is_selected: true,
  });

const plans: readonly Plan[] = [
  { type: "custom", day: 0, name: "Tastes of Italy (package)", price: 0, details: (trip, id) =>
    trip.sheet.add("package_details", { ...base(trip, id, "custom"), package_name: "Tastes of Italy", supplier_name: "Bella Tours", bundle_price: "899.00" }) },
  { type: "flight", day: 0, name: "Flight to Rome", price: 124_350, details: flight },
  { type: "transportation", day: 1, name: "Transfer to the hotel", price: 8_900, details: (trip, id) =>
    trip.sheet.add("transportation_details", { ...base(trip, id, "transportation"), mode: "transfer", provider: "Roma Limo", driver_included: true }) },
  { type: "lodging", day: 1, name: "Hotel near the Pantheon", price: 58_299, details: (trip, id) =>
    trip.sheet.add("lodging_details", { ...base(trip, id, "lodging"), property_name: "Albergo del Senato", city: "Rome", country_code: "IT",
      check_in_date: addDays(trip.startDate, 1), check_out_date: addDays(trip.startDate, 3) }) },
  { type: "dining", day: 2, name: "Dinner in Trastevere", price: 18_000, details: (trip, id) =>
    trip.sheet.add("dining_details", { ...base(trip, id, "dining"), restaurant_name: "Da Enzo", cuisine: "Roman", party_size: trip.travelers.length }) },
  { type: "entertainment", day: 2, name: "Opera at Caracalla", price: 21_000, details: option("entertainment") },
  { type: "cruise", day: 3, name: "Western Mediterranean cruise", price: 312_499, details: (trip, id) =>
    trip.sheet.add("custom_cruise_details", { ...base(trip, id, "cruise"), line_name: "MSC Cruises", ship_name: "MSC Seascape", embark_port: "Civitavecchia",
      disembark_port: "Barcelona", sail_date: addDays(trip.startDate, 3), end_date: addDays(trip.startDate, 7), cabin_category: "balcony" }) },
  { type: "port_info", day: 4, name: "Port day: Marseille", price: 0, details: (trip, id) =>
    trip.sheet.add("port_info_details", { ...base(trip, id, "port_info"), port_name: "Marseille", country_code: "FR", latitude: 43.34, longitude: 5.335 }) },
  { type: "excursion", day: 4, name: "Cooking class (part of the package)", price: 0, details: option("excursion") },
  { type: "insurance", day: 0, name: "Travel insurance", price: 37_800 },
]; // biome-ignore format: a plan per entry

function price(trip: SampleTrip, id: string, cents: number): void {
  const [pricingId, tax] = [uuidOf(`pricing ${id}`), Math.round(cents * 0.13)];
  trip.sheet.add("activity_pricing", {
    id: pricingId, agency_id: trip.agencyId, trip_id: trip.id, activity_id: id, total_price: money(cents), taxes_and_fees: money(tax),
    commission_rate: "12.0000", commission_amount: money(Math.round((cents - tax) * 0.12)), booked_on: addDays(trip.startDate, -120),
  }); // biome-ignore format: one line for the plain columns
  for (const [index, [type, description, part]] of (
    [
      ["base", "Fare", cents - tax],
      ["tax", "HST", tax],
    ] as const
  ).entries()) {
    trip.sheet.add("activity_pricing_items", {
      id: uuidOf(`item ${id} ${index}`), agency_id: trip.agencyId, activity_pricing_id: pricingId, item_type: type, description,
      unit_amount: money(part), total_amount: money(part), sort_order: index,
    }); // biome-ignore format: one line for the plain columns
  }
  const share = Math.floor(cents / trip.travelers.length);
  for (const [index, traveler] of trip.travelers.entries()) {
    const cut = index === 0 ? cents - share * (trip.travelers.length - 1) : share;
    trip.sheet.add("activity_traveller_splits", {
      id: uuidOf(`split ${id} ${index}`), agency_id: trip.agencyId, trip_id: trip.id, activity_id: id, trip_traveler_id: traveler, amount: money(cut),
    }); // biome-ignore format: one line for the plain columns
  }
}

function addExtras(trip: SampleTrip, id: string, name: string): void {
  const part = { agency_id: trip.agencyId, trip_id: trip.id, activity_id: id };
  trip.sheet.add("activity_suppliers", {
    id: uuidOf(`supplier ${id}`),
    ...part,
    name: `Supplier of ${name}`,
    confirmation_number: "CONF-1",
  });
  trip.sheet.add("activity_media", {
    id: uuidOf(`photo ${id}`),
    ...part,
    media_type: "image",
    storage_path: `activities/${id}.jpg`,
  });
  trip.sheet.add("activity_documents", {
    id: uuidOf(`voucher ${id}`),
    ...part,
    file_name: "voucher.pdf",
    storage_path: `activities/${id}.pdf`,
    content_type: "application/pdf",
    size_bytes: 48_213,
  });
  for (const traveler of trip.travelers) {
    trip.sheet.add("activity_travelers", {
      id: uuidOf(`takes part ${id} ${traveler}`),
      ...part,
      trip_traveler_id: traveler,
    });
  }
}

/** The activities of a trip, one of each component type. Returns their price in cents. */
export function makeActivities(trip: SampleTrip): number {
  let total = 0;
  for (const [order, plan] of plans.entries()) {
    const id = uuidOf(`activity ${trip.id} ${order}`);
    const starts = Date.parse(`${addDays(trip.startDate, plan.day)}T10:00:00Z`);
    trip.sheet.add("itinerary_activities", {
      id, agency_id: trip.agencyId, trip_id: trip.id, itinerary_id: trip.itineraryId, itinerary_day_id: trip.days[plan.day] ?? null,
      component_type: plan.type, name: plan.name, status: "confirmed", starts_at: new Date(starts).toISOString(),
      ends_at: new Date(starts + 7_200_000).toISOString(), time_zone: trip.zone, sort_order: order,
    }); // biome-ignore format: one line for the plain columns
    plan.details?.(trip, id);
    if (plan.price > 0) price(trip, id, plan.price);
    if (plan.type === "lodging") addExtras(trip, id, plan.name);
    total += plan.price;
  }
  return total;
}
