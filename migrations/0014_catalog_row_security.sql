-- Who reads the catalog is said by grants alone. A project whose dashboard switched automatic row-level security on
-- (event trigger ensure_rls) got it for every table made in "public", and the cruise tables took it along to "catalog",
-- without a policy: everybody but the owner read no rows. A table with a policy for those who may read it is left alone.
do $migration$
declare
  tables constant text[] := array[
    'cruise_alternate_sailings',
    'cruise_cabin_images',
    'cruise_ftp_file_sync',
    'cruise_lines',
    'cruise_ports',
    'cruise_regions',
    'cruise_sailing_cabin_prices',
    'cruise_sailing_regions',
    'cruise_sailing_stops',
    'cruise_sailings',
    'cruise_ship_cabin_types',
    'cruise_ship_decks',
    'cruise_ship_images',
    'cruise_ships',
    'cruise_sync_history',
    'cruise_sync_raw'
  ];
  table_name text;
begin
  if environment.catalog_mode() = 'foreign' then
    return;
  end if;
  for table_name in
    select c.relname from pg_catalog.pg_class c
    where c.relnamespace = to_regnamespace('catalog') and c.relname = any (tables) and c.relkind in ('r', 'p')
      and c.relrowsecurity and not exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = c.oid and (0 = any (p.polroles) or 'authenticated'::regrole::oid = any (p.polroles)))
    order by c.relname
  loop
    execute format('alter table catalog.%I disable row level security', table_name);
  end loop;
end
$migration$;
