-- Settings of role and database as a new session would begin with them. What the connection asked for itself comes before
-- them, and a value that this role may not set is not for this session.
do $runner$ declare found record; begin
for found in
  select distinct on (pg_catalog.lower(own.name)) own.name, own.value
  from (
    select pg_catalog.split_part(setting, '=', 1) as name,
      pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1) as value,
      (setrole <> 0)::int * 2 + (setdatabase <> 0)::int as rank
    from pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) setting
    where setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
      and setrole in (0, (select oid from pg_catalog.pg_roles where rolname = session_user))
  ) own
  left join pg_catalog.pg_settings known on pg_catalog.lower(known.name) = pg_catalog.lower(own.name)
  where known.source is distinct from 'client' and pg_catalog.lower(own.name) not in ('role', 'session_authorization')
  order by pg_catalog.lower(own.name), own.rank desc
loop
  begin
    perform pg_catalog.set_config(found.name, found.value, false);
  exception when others then null;
  end;
end loop; end $runner$
