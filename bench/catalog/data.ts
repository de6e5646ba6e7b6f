import type { Sql } from "postgres";

/** How many rows of each kind there are besides the sailings. */
const COUNTS = { lines: 40, ships: 400, regions: 30, ports: 800, bookings: 2000 } as const;

/** The id of the n-th row of a kind, as an SQL expression; `number` is one too. */
const id = (kind: string, number: string | number) => `md5('${kind}' || (${number}))::uuid`;

/** Spreads `expression` evenly over 0 .. below - 1, the same in every run. `salt` makes two spreads independent. */
const spread = (expression: string, below: number, salt = 0) =>
  `((hashint8extended((${expression})::bigint, ${salt}) & 1073741823) % ${below})`;

/**
 * A sailing is of one of 40 lines and leaves one of 60 home ports on one of 1096 days; it has five days, one of them at
 * sea, one or two regions, and a price for each of four cabin categories.
 */
const statements = (sailings: number): [table: string, statement: string][] => {
  const of = (kind: string, count: number) =>
    `select ${id(kind, "n")}, n::text, '${kind} ' || n, '${kind}-' || n from generate_series(0, ${count - 1}) n`;
  const reference = "(id, provider_identifier, name, slug)";
  const ship = spread("n", COUNTS.ships);
  const nights = `(3 + ${spread("n", 12, 2)})::smallint`;
  const date = `(date '2026-01-01' + ${spread("n", 1096, 1)}::int)`;
  const homePort = id("port", spread("n", 60, 3));
  const price = `(300 + ${spread("n", 5000, 4)})::numeric`;
  return [
    ["cruise_lines", `insert into catalog.cruise_lines ${reference} ${of("line", COUNTS.lines)}`],
    ["cruise_ports", `insert into catalog.cruise_ports ${reference} ${of("port", COUNTS.ports)}`],
    ["cruise_regions", `insert into catalog.cruise_regions ${reference} ${of("region", COUNTS.regions)}`],
    ["cruise_ships", `insert into catalog.cruise_ships (id, provider_identifier, name, slug, line_id)
      select ${id("ship", "n")}, n::text, 'Ship ' || n, 'ship-' || n, ${id("line", `n % ${COUNTS.lines}`)} from generate_series(0, ${COUNTS.ships - 1}) n`],
    ["cruise_sailings", `insert into catalog.cruise_sailings (id, provider_identifier, ship_id, line_id, embark_port_id, disembark_port_id, name,
        sail_date, end_date, nights, sea_days, price_from, cheapest_inside, cheapest_outside, cheapest_balcony, cheapest_suite)
      select ${id("sailing", "n")}, n::text, ${id("ship", ship)}, ${id("line", `${ship} % ${COUNTS.lines}`)}, ${homePort}, ${homePort}, ${nights} || ' nights from port ' || ${spread("n", 60, 3)},
        ${date}, ${date} + ${nights}::int, ${nights}, 1, ${price}, ${price}, ${price} * 1.2, ${price} * 1.6, ${price} * 3
      from generate_series(0, ${sailings - 1}) n`],
    ["cruise_sailing_regions", `insert into catalog.cruise_sailing_regions (sailing_id, region_id, is_primary)
      select ${id("sailing", "n")}, ${id("region", `(${spread("n", 60, 3)} / 2 + r * 7) % ${COUNTS.regions}`)}, r = 0
      from generate_series(0, ${sailings - 1}) n, generate_series(0, (n % 2)::int) r order by 1`],
    ["cruise_sailing_stops", `insert into catalog.cruise_sailing_stops (sailing_id, port_id, day_number, stop_date, stop_type, port_name, arrival_time)
      select ${id("sailing", "n")}, case when d <> 3 then ${id("port", spread("n * 8 + d", COUNTS.ports, 5))} end, d, ${date} + d - 1,
        case d when 3 then 'sea' else 'call' end, case when d <> 3 then 'port ' || ${spread("n * 8 + d", COUNTS.ports, 5)} else 'At sea' end, time '08:00'
      from generate_series(0, ${sailings - 1}) n, generate_series(1, 5) d order by 1`],
    ["cruise_sailing_cabin_prices", `insert into catalog.cruise_sailing_cabin_prices (sailing_id, cabin_code, cabin_category, base_price, taxes, total_price)
      select ${id("sailing", "n")}, upper(left(c, 2)), c, ${price} * k, 150, ${price} * k + 150
      from generate_series(0, ${sailings - 1}) n, (values ('inside', 1), ('outside', 1.2), ('balcony', 1.6), ('suite', 3)) as v(c, k) order by 1`],
  ]; // biome-ignore format: one statement per table
};

/** Bookings of the application that name a sailing: in `public`, on either side of the foreign server. */
const bookings = (sailings: number) => `
  insert into public.custom_cruise_details (agency_id, activity_id, catalog_sailing_id, line_name, ship_name, embark_port, disembark_port, sail_date, end_date)
  select ${id("agency", "n % 20")}, ${id("activity", "n")}, ${id("sailing", `n::bigint * 7919 % ${sailings}`)}, 'Line', 'Ship', 'Port', 'Port', '2027-03-01', '2027-03-08'
  from generate_series(0, ${COUNTS.bookings - 1}) n`;

// Random ids make every insert into an index a random write; building the index afterwards sorts once.
async function withoutIndexes(sql: Sql, work: () => Promise<void>): Promise<void> {
  const indexes = await sql<{ name: string; definition: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'catalog'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  await work();
  for (const { definition } of indexes) await sql.unsafe(definition);
}

/** Fills a publisher's catalog, keys and triggers off: what is measured is reading. Takes a superuser's connection. */
export async function fillCatalog(sql: Sql, sailings: number, say: (line: string) => void): Promise<void> {
  await sql`set session_replication_role = replica`;
  await sql`set statement_timeout = 0`;
  await sql`set maintenance_work_mem = '512MB'`;
  await sql`set work_mem = '256MB'`;
  const began = performance.now();
  const note = (line: string) => say(`${((performance.now() - began) / 1000).toFixed(1)} s: ${line}`);
  await withoutIndexes(sql, async () => {
    for (const [table, statement] of statements(sailings)) {
      const { count } = await sql.unsafe(statement);
      note(`${table}: ${count} rows`);
    }
  });
  await sql`vacuum analyze`;
  note("indexes and statistics");
}

/** Fills the application's bookings, on any side. Takes a superuser's connection. */
export async function fillBookings(sql: Sql, sailings: number): Promise<void> {
  await sql`set session_replication_role = replica`;
  await sql.unsafe(bookings(sailings));
  await sql`analyze public.custom_cruise_details`;
}
