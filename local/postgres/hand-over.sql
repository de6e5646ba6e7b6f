do $after$
declare
  item record;
begin
  -- Moving the extension to another schema takes the ownership of its functions.
  for item in
    select p.oid::regprocedure::text as name from pg_catalog.pg_depend d
    join pg_catalog.pg_proc p on p.oid = d.objid and d.classid = 'pg_catalog.pg_proc'::regclass
    where d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::regclass
      and d.refobjid = (select e.oid from pg_catalog.pg_extension e order by e.oid desc limit 1)
  loop
    execute 'alter function ' || item.name || ' owner to postgres';
  end loop;
  if pg_catalog.current_setting('platform.wrapper_owner', true) = 'C' then
    grant usage on foreign data wrapper :"wrapper" to postgres with grant option;
    return;
  end if;
  -- The new owner has to be a superuser at this moment; it need not stay one.
  alter role postgres superuser;
  alter foreign data wrapper :"wrapper" owner to postgres;
  alter role postgres nosuperuser;
end
$after$;
