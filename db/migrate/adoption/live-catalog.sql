-- A catalog that was made foreign by hand: where it leads, in the form of the setting catalog_source. No row where the catalog
-- holds tables of its own, or is not there. No migration connects with it, and no password is part of it.
select jsonb_build_object(
    'server', s.srvname,
    'remoteSchema', coalesce(min(o.option_value) filter (where o.option_name = 'schema_name'), 'catalog'),
    'localSchema', 'catalog',
    'user', 'reader',
    'vaultSecret', 'fdw_password',
    'roles', jsonb_build_array('postgres', 'service_role', 'authenticated'),
    'options', (select coalesce(jsonb_object_agg(x.option_name, x.option_value), '{}') from pg_options_to_table(s.srvoptions) x)
  ) as source
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'catalog'
join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
left join lateral pg_options_to_table(f.ftoptions) o on true
where not exists (
  select from pg_catalog.pg_class own where own.relnamespace = n.oid and own.relkind in ('r', 'p')
)
group by s.oid, s.srvname, s.srvoptions
order by count(*) desc limit 1
