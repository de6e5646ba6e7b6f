-- A database that read the catalog before it was adopted: its setup by hand put the extension into "public", where its
-- functions are part of the API and every role of it may call them, and left default privileges of the schema that such a
-- database does not have otherwise. Servers, mappings and foreign tables know the extension by its number: nothing they do changes.
do $migration$
declare
  extension constant oid := (select e.oid from pg_catalog.pg_extension e
    where e.extname = 'postgres_fdw' and e.extnamespace = 'public'::regnamespace);
  schema_name text;
  item record;
begin
  if environment.catalog_mode() <> 'foreign' then
    return;
  end if;
  schema_name := environment.catalog_source() ->> 'localSchema';
  if extension is not null and to_regnamespace('extensions') is not null then
    begin
      alter extension postgres_fdw set schema extensions;
      for item in
        select p.oid::regprocedure::text as name, r.rolname as grantee
        from pg_catalog.pg_depend d
        join pg_catalog.pg_proc p on p.oid = d.objid and d.classid = 'pg_catalog.pg_proc'::regclass
        cross join lateral pg_catalog.aclexplode(p.proacl) a
        join pg_catalog.pg_roles r on r.oid = a.grantee
        where d.refobjid = extension and d.deptype = 'e' and a.grantee <> p.proowner
      loop
        execute format('revoke execute on function %s from %I', item.name, item.grantee);
      end loop;
    exception
      when insufficient_privilege then
        raise warning 'Extension postgres_fdw stays in "public": %', sqlerrm
          using hint = 'Move it as its owner: alter extension postgres_fdw set schema extensions.';
    end;
  end if;
  for item in
    select case a.grantee when 0 then 'public' else format('%I', pg_catalog.pg_get_userbyid(a.grantee)) end as grantee,
      a.privilege_type
    from pg_catalog.pg_default_acl d
    join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral pg_catalog.aclexplode(d.defaclacl) a
    where n.nspname = schema_name and d.defaclobjtype = 'r'
      and d.defaclrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
  loop
    execute format('alter default privileges in schema %I revoke %s on tables from %s',
      schema_name, item.privilege_type, item.grantee);
  end loop;
end
$migration$;
