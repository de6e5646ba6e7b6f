import type { Sql } from "postgres";

/** How many rows the large tables get, and over how many agencies they are spread. */
export interface DataSize {
  readonly rows: number;
  readonly agencies: number;
}

// Every statement spreads rows evenly: row n belongs to agency n % agencies.
const statements = ({ rows, agencies }: DataSize): [what: string, statement: string][] => {
  const planned = Math.ceil(rows / 10);
  const agency = `md5('agency' || n % ${agencies})::uuid`;
  return [
    ["agencies", `insert into agencies (id, name, slug) select md5('agency' || n)::uuid, 'Agency ' || n, 'agency-' || n from generate_series(0, ${agencies - 1}) n`],
    ["users", `insert into auth.users (id, email) select md5('user' || n)::uuid, n || '@bench.example' from generate_series(0, ${agencies * 5 - 1}) n`],
    ["user_profiles", `insert into user_profiles (id, agency_id, role, status) select md5('user' || n)::uuid, ${agency}, 'user', 'active' from generate_series(0, ${agencies * 5 - 1}) n`],
    ["contacts", `insert into contacts (id, agency_id, first_name, last_name) select md5('contact' || n)::uuid, ${agency},
      (array['Olivia','Liam','Charlotte','Noah','Zoe','Emile','Aisha','Mateo','Mei','Arjun'])[1 + (n / 100) % 10] || chr(97 + (n / 7) % 26),
      initcap(substr(md5(n::text), 1, 8)) from generate_series(1, ${rows}) n`],
    ["trips", `insert into trips (id, agency_id, owner_id, name, created_at) select md5('trip' || n)::uuid, ${agency},
      md5('user' || (n % ${agencies} + ${agencies} * (n / ${agencies} % 5)))::uuid, 'Trip ' || n, timestamptz '2024-01-01' + n * interval '1 minute'
      from generate_series(1, ${rows}) n`],
    ["itineraries", `insert into itineraries (id, agency_id, trip_id, name, is_selected) select md5('itinerary' || n)::uuid, ${agency}, md5('trip' || n)::uuid, 'Plan', true
      from generate_series(1, ${planned}) n`],
    ["itinerary_days", `insert into itinerary_days (id, agency_id, trip_id, itinerary_id, day_number) select md5('day' || n || '.' || d)::uuid, ${agency}, md5('trip' || n)::uuid,
      md5('itinerary' || n)::uuid, d from generate_series(1, ${planned}) n, generate_series(1, 5) d`],
    ["itinerary_activities", `insert into itinerary_activities (id, agency_id, trip_id, itinerary_id, itinerary_day_id, component_type, name, sort_order)
      select md5('activity' || n || '.' || a)::uuid, ${agency}, md5('trip' || n)::uuid, md5('itinerary' || n)::uuid, md5('day' || n || '.' || (1 + a / 2))::uuid,
      'dining', 'Activity ' || a, a from generate_series(1, ${planned}) n, generate_series(0, 9) a`],
    ["activity_pricing", `insert into activity_pricing (agency_id, trip_id, activity_id, total_price, commission_amount, booked_on)
      select ${agency}, md5('trip' || n)::uuid, md5('activity' || n || '.' || a)::uuid, 1000, 50 + a, date '2024-01-01' + ((n / ${agencies} * 10 + a) % 730)
      from generate_series(1, ${planned}) n, generate_series(0, 9) a`],
    ["expected_payment_items", `insert into expected_payment_items (agency_id, trip_id, description, due_date, amount) select ${agency}, md5('trip' || n)::uuid, 'Deposit',
      date '2024-01-01' + (n / ${agencies} % 1095), 250 from generate_series(1, ${rows}) n`],
  ]; // biome-ignore format: one statement per table
};

// Random ids make every insert into an index a random write; building the index afterwards sorts once.
async function withoutIndexes(platform: Sql, fillTables: () => Promise<void>): Promise<void> {
  const indexes = await platform<{ name: string; definition: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;
  for (const { name } of indexes) await platform.unsafe(`drop index ${name}`);
  await fillTables();
  for (const { definition } of indexes) await platform.unsafe(definition);
}

/** Fills the tables, with keys and triggers off: what is measured is reading. Takes a superuser's connection. */
export async function fill(platform: Sql, size: DataSize, onProgress: (line: string) => void): Promise<void> {
  await platform`set session_replication_role = replica`;
  await platform`set search_path = public, extensions`;
  await platform`set statement_timeout = 0`;
  await platform`set maintenance_work_mem = '512MB'`;
  await platform`alter table public.expected_payment_items disable trigger expected_payment_items_audit`;
  const started = performance.now();
  const progress = (line: string) => onProgress(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`);
  await withoutIndexes(platform, async () => {
    for (const [what, statement] of statements(size)) {
      const { count } = await platform.unsafe(statement);
      progress(`${what}: ${count} rows`);
    }
  });
  progress("indexes");
  await platform`vacuum analyze`;
}
