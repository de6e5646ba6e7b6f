import { itineraries, lines, ports } from "./catalog-reference.ts";
import type { Value } from "./copy.ts";
import { addDays, createRandom, type Random, uuidOf } from "./random.ts";

/** Cabin categories, with what they cost compared with an inside cabin. */
export const categories = [
  { category: "inside", code: "IN", name: "Interior", factor: 1, occupancy: 4 },
  { category: "outside", code: "OV", name: "Ocean View", factor: 1.25, occupancy: 4 },
  { category: "balcony", code: "BA", name: "Balcony", factor: 1.6, occupancy: 4 },
  { category: "suite", code: "SU", name: "Suite", factor: 2.9, occupancy: 6 },
] as const;

/** A ship as its sailings need it. */
export interface Ship {
  readonly id: string;
  readonly lineId: string;
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly currency: string;
}

/** One departure. */
export interface Sailing {
  readonly id: string;
  readonly ship: Ship;
  readonly itinerary: (typeof itineraries)[number];
  readonly number: number;
  readonly sailDate: string;
  readonly nights: number;
  readonly basePrice: number;
}

export const lineId = (code: string) => uuidOf(`line ${code}`);
export const portId = (locode: string) => uuidOf(`port ${locode}`);
export const regionId = (name: string) => uuidOf(`region ${name}`);
const portByLocode = new Map(ports.map((port) => [port[1], port]));
const ratesToCad: Record<string, number> = { USD: 1.37, EUR: 1.49, GBP: 1.74 };

/** Every ship of every line. */
export const ships: Ship[] = lines.flatMap((line) =>
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
export const cabinTypeId = (ship: Ship, code: string) => uuidOf(`cabin type ${ship.code} ${code}`);

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

/** A row of cruise_sailings. */
export function sailingRow({ id, ship, itinerary, number, sailDate, nights, basePrice }: Sailing): Value[] {
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

/** Its rows of cruise_sailing_cabin_prices. */
export function* priceRows(sailing: Sailing): Generator<Value[]> {
  for (const { category, code, factor } of categories) {
    const { base, taxes, fees, gratuities, total } = totalOf(sailing.basePrice * factor, sailing.nights);
    const original = cents(total / (ratesToCad[sailing.ship.currency] ?? 1));
    yield [uuidOf(`price ${sailing.number} ${code}`), sailing.id, cabinTypeId(sailing.ship, code), code, category,
      cents(base), cents(taxes), cents(fees), cents(gratuities), cents(total), original, sailing.ship.currency,
      (sailing.number * 7) % 40]; // biome-ignore format: columns in the order of the table
  }
}

/** Its rows of cruise_sailing_stops. */
export function* stopRows({ id, number, sailDate, itinerary }: Sailing): Generator<Value[]> {
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

/** The rows of a table that every sailing adds to. */
export function* perSailing(size: CatalogSize, make: (sailing: Sailing) => Iterable<Value[]>): Generator<Value[]> {
  for (const sailing of sailings(size)) yield* make(sailing);
}

/** Its row of cruise_alternate_sailings, for one sailing in five. */
export function alternateRows(sailing: Sailing): Value[][] {
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
