-- The cruise tables move from "public" to "catalog". Where the catalog is foreign none may be left in "public": those
-- that hold rows are refused, empty ones are dropped.
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
    perform environment.refuse_local_catalog(environment.catalog_source(), tables);
    return;
  end if;
  perform environment.ensure_schema('catalog');
  foreach table_name in array tables loop
    if to_regclass(format('catalog.%I', table_name)) is null then
      execute format('alter table public.%I set schema catalog', table_name);
    elsif to_regclass(format('public.%I', table_name)) is not null then
      raise exception using errcode = '55000', message = format('%I exists in public and in catalog', table_name),
        hint = 'Merge the two by hand, drop the one in public, then run this again.';
    end if;
  end loop;
  revoke all on schema catalog from public, anon;
  revoke all on all tables in schema catalog from public, anon, authenticated, service_role;
  grant usage on schema catalog to authenticated, service_role;
  grant select on all tables in schema catalog to authenticated, service_role;
  alter default privileges in schema catalog grant select on tables to authenticated, service_role;
end
$migration$;
