import { createHash } from "node:crypto";

/** One query of the sailing search, written once for every place it runs in. */
export interface CatalogQuery {
  name: string;
  text: string;
  parameters: readonly (string | number | string[])[];
  /** False where a part of it can only be answered where it was asked. Default true. */
  pushed?: boolean;
}

const uuid = (text: string) =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

const line = uuid("line7");
const region = uuid("region3");
const port = uuid("port11");
const sailing = uuid("sailing4242");
const agency = uuid("agency7");
const activity = uuid("activity7");
const window = ["2027-03-01", "2027-06-01"];

// What a page of the search shows of a sailing, with its ship and line.
const card = `
  select s.id, s.name, s.sail_date, s.nights, s.price_from, sh.name as ship, l.name as line
  from catalog.cruise_sailings s
  join catalog.cruise_ships sh on sh.id = s.ship_id
  join catalog.cruise_lines l on l.id = s.line_id`;
const inRegion = `
  exists (select from catalog.cruise_sailing_regions r where r.sailing_id = s.id and r.region_id = $1)
  and s.sail_date >= $2 and s.sail_date < $3`;

/** The searches of the application. Dates come as parameters, as they do from an application. */
export const searches: readonly CatalogQuery[] = [
  { name: "line and window, page", parameters: [line, ...window],
    text: `${card} where s.line_id = $1 and s.sail_date >= $2 and s.sail_date < $3 order by s.sail_date, s.id limit 20` },
  { name: "line and window, count", parameters: [line, ...window],
    text: "select count(*) from catalog.cruise_sailings s where s.line_id = $1 and s.sail_date >= $2 and s.sail_date < $3" },
  { name: "window and price, cheapest page", parameters: [900, ...window],
    text: `${card} where s.price_from <= $1 and s.sail_date >= $2 and s.sail_date < $3 order by s.price_from, s.id limit 20` },
  { name: "region and window, page", parameters: [region, ...window],
    text: `${card} where ${inRegion} order by s.sail_date, s.id limit 20` },
  { name: "region and window, count", parameters: [region, ...window],
    text: `select count(*) from catalog.cruise_sailings s where ${inRegion}` },
  { name: "region, window and price, page 50", parameters: [region, ...window, 2000],
    text: `${card} where ${inRegion} and s.price_from <= $4 order by s.price_from, s.id limit 20 offset 1000` },
  { name: "port of call and window, page", parameters: [port, ...window],
    text: `${card} join catalog.cruise_sailing_stops st on st.sailing_id = s.id
      where st.port_id = $1 and st.stop_date >= $2 and st.stop_date < $3 order by st.stop_date, s.id limit 20` },
  { name: "balcony price, cheapest page", parameters: [line, ...window, 2500],
    text: `select s.id, s.name, s.sail_date, sh.name as ship, p.total_price, p.taxes
      from catalog.cruise_sailings s join catalog.cruise_ships sh on sh.id = s.ship_id
      join catalog.cruise_sailing_cabin_prices p on p.sailing_id = s.id and p.cabin_category = 'balcony' and p.occupancy = 2
      where s.line_id = $1 and s.sail_date >= $2 and s.sail_date < $3 and p.total_price <= $4
      order by p.total_price, s.id limit 20` },
  { name: "sailings per line in a region", parameters: [region, ...window],
    text: `select l.name, count(*), min(s.price_from) from catalog.cruise_sailings s join catalog.cruise_lines l on l.id = s.line_id
      where ${inRegion} group by l.name order by l.name` },
  { name: "one sailing with its stops", parameters: [sailing],
    text: `select s.name, s.sail_date, st.day_number, st.stop_date, st.port_name, p.latitude, p.longitude
      from catalog.cruise_sailings s join catalog.cruise_sailing_stops st on st.sailing_id = s.id
      left join catalog.cruise_ports p on p.id = st.port_id where s.id = $1 order by st.day_number, st.sequence` },
  { name: "one sailing with its prices", parameters: [sailing],
    text: `select p.cabin_category, p.cabin_code, p.total_price, p.taxes, p.currency
      from catalog.cruise_sailing_cabin_prices p where p.sailing_id = $1 order by p.total_price` },
  { name: "one line's half year, all rows", parameters: [line, "2027-01-01", "2027-07-01"],
    text: `select s.id, s.name, s.sail_date, s.nights, s.price_from, sh.name as ship from catalog.cruise_sailings s
      join catalog.cruise_ships sh on sh.id = s.ship_id where s.line_id = $1 and s.sail_date >= $2 and s.sail_date < $3` },
  { name: "booking with its sailing, lateral", parameters: [activity], pushed: false,
    text: `select d.activity_id, s.name, s.price_from from public.custom_cruise_details d
      left join lateral (select * from catalog.cruise_sailings c where c.id = d.catalog_sailing_id limit 1) s on true where d.activity_id = $1` },
  { name: "bookings of an agency, by array", parameters: [agency], pushed: false,
    text: `with b as materialized (select * from public.custom_cruise_details where agency_id = $1)
      select b.activity_id, s.name, s.price_from from b join catalog.cruise_sailings s on s.id = b.catalog_sailing_id
      where s.id = any(array(select catalog_sailing_id from b))` },
]; // biome-ignore format: SQL as it reads

/** Opens the connection between the databases. */
export const warmUp: CatalogQuery = {
  name: "warm up",
  parameters: [],
  text: "select from catalog.cruise_lines limit 1",
};

/** The obvious way to join the application's tables with the catalog; shown next to it, and not part of the set. */
export const plainJoin: CatalogQuery = {
  name: "bookings of an agency, plain join",
  parameters: [agency],
  pushed: false,
  text: `select d.activity_id, s.name, s.price_from from public.custom_cruise_details d
    join catalog.cruise_sailings s on s.id = d.catalog_sailing_id where d.agency_id = $1`,
};
