import { itineraries, lines, ports } from "./catalog-reference.ts";
import type { Rows, Value } from "./copy.ts";
import { addDays, createRandom, type Random, slugOf, uuidOf } from "./random.ts";

const categories = [
  { category: "inside", code: "IN", name: "Interior", factor: 1, occupancy: 4 },
  { category: "outside", code: "OV", name: "Ocean View", factor: 1.25, occupancy: 4 },
  { category: "balcony", code: "BA", name: "Balcony", factor: 1.6, occupancy: 4 },
  { category: "suite", code: "SU", name: "Suite", factor: 2.9, occupancy: 6 },
] as const;

interface Ship {
  readonly id: string;
  readonly lineId: string;
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly currency: string;
}

interface Sailing {
  readonly id: string;
  readonly ship: Ship;
  readonly itinerary: (typeof itineraries)[number];
  readonly number: number;
  readonly sailDate: string;
  readonly nights: number;
  readonly basePrice: number;
}

const lineId = (code: string) => uuidOf(`line ${code}`);
const portId = (locode: string) => uuidOf(`port ${locode}`);
const regionId = (name: string) => uuidOf(`region ${name}`);
const portByLocode = new Map(ports.map((port) => [port[1], port]));
const ratesToCad: Record<string, number> = { USD: 1.37, EUR: 1.49, GBP: 1.74 };

const ships: Ship[] = lines.flatMap((line) =>
  line.ships.map(([name], index) => ({
    id: uuidOf(`ship ${line.code} ${name}`),
    lineId: lineId(line.code),
    code: `${line.code}${index + 1}`,
    name,
    level: line.level,
    currency: line.currency,
  })),
);

const cents = (value: number) => value.toFixed(2);
const cabinTypeId = (ship: Ship, code: string) => uuidOf(`cabin type ${ship.code} ${code}`);
const image = (kind: string, slug: string, number: number) => `https://images.example/${kind}/${slug}-${number}.jpg`;

function* regionRows(): Generator<Value[]> {
  const parents = new Set(itineraries.flatMap(({ parent }) => parent ?? []));
  for (const name of parents) yield [regionId(name), name, null, name, slugOf(name)];
  const regions = new Map(itineraries.map(({ region, parent }) => [region, parent]));
  for (const [name, parent] of regions) {
    if (!parents.has(name)) yield [regionId(name), name, parent ? regionId(parent) : null, name, slugOf(name)];
  }
}

function* shipRows(): Generator<Value[]> {
  for (const line of lines) {
    for (const [index, [name, shipClass, tonnage, guests, year]] of line.ships.entries()) {
      const ship = ships.find((one) => one.code === `${line.code}${index + 1}`);
      if (!ship) continue;
      const decks = Math.min(20, 6 + Math.round(tonnage / 18_000));
      yield [
        ship.id,
        ship.code,
        ship.lineId,
        name,
        slugOf(`${line.code} ${name}`),
        ship.code,
        shipClass,
        tonnage,
        guests,
        decks,
        year,
      ];
    }
  }
}

function* perShip(make: (ship: Ship) => Value[][]): Generator<Value[]> {
  for (const ship of ships) yield* make(ship);
}

const inSeason = (month: number, [first, last]: readonly [number, number]) =>
  first <= last ? month >= first && month <= last : month >= first || month <= last;

function makeSailing(random: Random, number: number, firstDay: string): Sailing {
  const ship = random.pick(ships);
  for (;;) {
    const itinerary = random.pick(itineraries);
    const sailDate = addDays(firstDay, random.integer(0, 729));
    if (!inSeason(Number(sailDate.slice(5, 7)), itinerary.months)) continue;
    const nights = itinerary.stops.length - 1;
    const basePrice = nights * (90 + random.integer(0, 70)) * ship.level;
    return { id: uuidOf(`sailing ${number}`), ship, itinerary, number, sailDate, nights, basePrice };
  }
}

function sailingRow({ id, ship, itinerary, number, sailDate, nights, basePrice }: Sailing): Value[] {
  const [first, last] = [itinerary.stops[0] ?? "", itinerary.stops.at(-1) ?? ""];
  const prices = categories.map(({ factor }) => cents(totalOf(basePrice * factor, nights).total));
  const title = `${nights} Night ${itinerary.region} from ${portByLocode.get(first)?.[0]}`;
  const seaDays = itinerary.stops.filter((stop) => stop === null).length;
  return [id, String(5_000_000 + number), ship.lineId, ship.id, portId(first), portId(last), title,
    `${ship.code}${sailDate.slice(2).replaceAll("-", "")}`, sailDate, addDays(sailDate, nights), nights, seaDays,
    ...prices, prices[0] ?? null]; // biome-ignore format: columns in the order of the table
}

function totalOf(base: number, nights: number) {
  const exact = (value: number) => Math.round(value * 100) / 100;
  const parts = {
    base: exact(base),
    taxes: exact(nights * 24.35),
    fees: exact(base * 0.11),
    gratuities: exact(nights * 21.9),
  };
  return { ...parts, total: exact(parts.base + parts.taxes + parts.fees + parts.gratuities) };
}

function* priceRows(sailing: Sailing): Generator<Value[]> {
  for (const { category, code, factor } of categories) {
    const { base, taxes, fees, gratuities, total } = totalOf(sailing.basePrice * factor, sailing.nights);
    const original = cents(total / (ratesToCad[sailing.ship.currency] ?? 1));
    yield [uuidOf(`price ${sailing.number} ${code}`), sailing.id, cabinTypeId(sailing.ship, code), code, category,
      cents(base), cents(taxes), cents(fees), cents(gratuities), cents(total), original, sailing.ship.currency,
      (sailing.number * 7) % 40]; // biome-ignore format: columns in the order of the table
  }
}

function* stopRows({ id, number, sailDate, itinerary }: Sailing): Generator<Value[]> {
  const { stops } = itinerary;
  for (const [day, locode] of stops.entries()) {
    const type = day === 0 ? "embark" : day === stops.length - 1 ? "disembark"
      : locode === null ? "sea" : stops[day + 1] === locode ? "overnight" : "call"; // biome-ignore format: one chain
    const arrival = ["embark", "sea"].includes(type) ? null : "08:00";
    const departure = ["disembark", "sea", "overnight"].includes(type) ? null : day === 0 ? "16:30" : "17:00";
    const name = locode === null ? "At sea" : (portByLocode.get(locode)?.[0] ?? locode);
    yield [uuidOf(`stop ${number} ${day}`), id, locode === null ? null : portId(locode), day + 1, addDays(sailDate, day),
      type, name, arrival, departure]; // biome-ignore format: columns in the order of the table
  }
}

/** How large a catalog, and from which day on it sails. */
export interface CatalogSize {
  readonly sailings: number;
  /** ISO date of the first possible departure; the last is two years later. */
  readonly firstDay: string;
}

function* sailings({ sailings: count, firstDay }: CatalogSize): Generator<Sailing> {
  const random = createRandom(20251130);
  for (let number = 1; number <= count; number += 1) yield makeSailing(random, number, firstDay);
}

function* perSailing(size: CatalogSize, make: (sailing: Sailing) => Iterable<Value[]>): Generator<Value[]> {
  for (const sailing of sailings(size)) yield* make(sailing);
}

function alternateRows(sailing: Sailing): Value[][] {
  if (sailing.number % 5 !== 1 || sailing.number === 1) return [];
  const other = sailing.number - 1;
  const [price, day] = [cents(sailing.basePrice * 1.1), addDays(sailing.sailDate, 7)];
  return [
    [
      uuidOf(`alternate ${sailing.number}`),
      sailing.id,
      uuidOf(`sailing ${other}`),
      String(5_000_000 + other),
      day,
      sailing.nights,
      price,
    ],
  ];
}

/** Every table of the sample catalog with its rows, in an order their keys allow. */
export function catalogRows(size: CatalogSize, schema: string): Rows[] {
  const table = (name: string, columns: string, rows: Iterable<Value[]>): Rows => ({
    table: [schema, name],
    columns: columns.split(" "),
    rows,
  });
  const syncId = uuidOf("sync 1");
  return [
    table("cruise_lines", "id provider_identifier name slug code short_name",
      lines.map(({ name, code }) => [lineId(code), code, name, slugOf(name), code, name.split(" ")[0] ?? name])),
    table("cruise_regions", "id provider_identifier parent_region_id name slug", regionRows()),
    table("cruise_ports", "id provider_identifier name slug un_locode city country_code latitude longitude time_zone is_tender_port",
      ports.map(([name, code, country, latitude, longitude, zone, tender]) =>
        [portId(code), code, name, slugOf(`${name} ${code}`), code, name, country, latitude, longitude, zone, tender ?? false])),
    table("cruise_ships", "id provider_identifier line_id name slug code ship_class tonnage passenger_capacity deck_count launch_year", shipRows()),
    table("cruise_ship_images", "id ship_id image_type url sort_order", perShip((ship) =>
      [1, 2, 3].map((n) => [uuidOf(`ship image ${ship.code} ${n}`), ship.id, n === 1 ? "hero" : "gallery", image("ship", slugOf(ship.name), n), n]))),
    table("cruise_ship_decks", "id ship_id name deck_number", perShip((ship) =>
      ["Promenade", "Lido", "Sun"].map((name, n) => [uuidOf(`deck ${ship.code} ${n}`), ship.id, `${name} Deck`, 5 + n * 4]))),
    table("cruise_ship_cabin_types", "id ship_id cabin_code cabin_category name max_occupancy sort_order", perShip((ship) =>
      categories.map(({ code, category, name, occupancy }, n) => [cabinTypeId(ship, code), ship.id, code, category, name, occupancy, n]))),
    table("cruise_cabin_images", "id cabin_type_id url sort_order", perShip((ship) =>
      categories.map(({ code }) => [uuidOf(`cabin image ${ship.code} ${code}`), cabinTypeId(ship, code), image("cabin", slugOf(`${ship.name} ${code}`), 1), 1]))),
    table("cruise_sailings", "id provider_identifier line_id ship_id embark_port_id disembark_port_id name voyage_code sail_date end_date nights sea_days cheapest_inside cheapest_outside cheapest_balcony cheapest_suite price_from",
      perSailing(size, (sailing) => [sailingRow(sailing)])),
    table("cruise_sailing_cabin_prices", "id sailing_id cabin_type_id cabin_code cabin_category base_price taxes non_commissionable_fees gratuities total_price original_total original_currency availability",
      perSailing(size, priceRows)),
    table("cruise_sailing_stops", "id sailing_id port_id day_number stop_date stop_type port_name arrival_time departure_time", perSailing(size, stopRows)),
    table("cruise_sailing_regions", "sailing_id region_id is_primary", perSailing(size, ({ id, itinerary: { region, parent } }) =>
      [[id, regionId(region), true], ...(parent && parent !== region ? [[id, regionId(parent), false]] : [])])),
    table("cruise_alternate_sailings", "id sailing_id alternate_sailing_id provider_identifier sail_date nights price_from", perSailing(size, alternateRows)),
    table("cruise_sync_history", "id sync_type status finished_at files_seen files_processed sailings_created",
      [[syncId, "full", "succeeded", `${size.firstDay}T00:00:00Z`, size.sailings, size.sailings, size.sailings]]),
    table("cruise_sync_raw", "id provider_identifier sync_id source_path content_hash payload", perSailing(size, ({ id, number, ship, sailDate }) =>
      number > 50 ? [] : [[uuidOf(`raw ${number}`), String(5_000_000 + number), syncId, `${sailDate.slice(0, 4)}/${ship.code}/${number}.json`,
        uuidOf(`hash ${number}`).replaceAll("-", ""), { codetocruiseid: number, sailingId: id, ship: ship.name, saildate: sailDate }]])),
    table("cruise_ftp_file_sync", "id file_path file_size status last_sync_id", perSailing(size, ({ number, ship, sailDate }) =>
      number > 50 ? [] : [[uuidOf(`file ${number}`), `${sailDate.slice(0, 4)}/${ship.code}/${number}.json`, 20_000 + number, "synced", syncId]])),
  ]; // biome-ignore format: one table per entry
}
