import { itineraries, lines, ports } from "./catalog-reference.ts";
import {
  alternateRows,
  type CatalogSize,
  cabinTypeId,
  categories,
  lineId,
  perSailing,
  portId,
  priceRows,
  regionId,
  type Ship,
  sailingRow,
  ships,
  stopRows,
} from "./catalog-sailings.ts";
import type { Rows, Value } from "./copy.ts";
import { slugOf, uuidOf } from "./random.ts";

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
