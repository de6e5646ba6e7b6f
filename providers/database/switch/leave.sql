-- Puts a column list of nulls in place of each view on the catalog, then drops the tables. The setting environment.switch of
-- the transaction says what to do: {from, to, schema, discardRows}.
do $switch$
declare
  switch constant jsonb := pg_catalog.current_setting('environment.switch')::jsonb;
  from_mode constant text := switch ->> 'from';
  to_mode constant text := switch ->> 'to';
  schema_name constant text := coalesce(switch ->> 'schema',
    (select s.value ->> 'localSchema' from environment.settings s where s.name = 'catalog_source'));
  names text[] := '{}';
  filled text[] := '{}';
  has_rows boolean;
  item record;
begin
  perform environment.lock_catalog();
  perform pg_catalog.set_config('lock_timeout', '10s', true);
  perform pg_catalog.set_config('environment.search_path', pg_catalog.current_setting('search_path'), true);
  perform pg_catalog.set_config('search_path', '', true);
  for item in
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = schema_name and not c.relispartition
      and c.relkind = any (case from_mode when 'foreign' then array['f'] else array['r', 'p'] end::"char"[])
    order by 1
  loop
    names := names || item.name;
    continue when from_mode = 'foreign';
    execute format('lock table %s in access exclusive mode', item.name);
    continue when (switch ->> 'discardRows')::boolean;
    execute format('select exists (select from %s)', item.name) into has_rows;
    if has_rows then filled := filled || item.name; end if;
  end loop;
  if filled <> '{}' then
    raise exception using errcode = '55000',
      message = format('Switching the catalog from %s to %s would drop rows of: %s', from_mode, to_mode,
        array_to_string(filled, ', ')),
      hint = format('Nothing was changed. If these rows may go, say so by name: discardCatalogRows = %s-to-%s in the configuration of the stack; else keep the catalog %s.',
        from_mode, to_mode, from_mode);
  end if;
  for item in
    select distinct v.oid, v.relkind, v.oid::regclass::text as name, v.reloptions
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass
    join pg_catalog.pg_class v on v.oid = r.ev_class
    join pg_catalog.pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_catalog.pg_class'::regclass
    where t.oid::regclass::text = any (names) and v.oid <> t.oid
  loop
    if item.relkind <> 'v' then
      raise exception using errcode = '2BP01', message = format('%s is built on the catalog, and is no plain view', item.name),
        hint = 'Nothing was changed. Drop it, switch the catalog, and make it again.';
    end if;
    insert into pg_temp.environment_views values (item.name, pg_catalog.pg_get_viewdef(item.oid),
      coalesce('with (' || array_to_string(item.reloptions, ', ') || ')', ''));
    execute format('create or replace view %s as select %s', item.name, (
      select string_agg(format('null::%s%s as %I', format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> y.typcollation then format(' collate %I.%I', cn.nspname, co.collname) else '' end,
        a.attname), ', ' order by a.attnum)
      from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
      left join pg_catalog.pg_collation co on co.oid = a.attcollation
      left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
      where a.attrelid = item.oid and a.attnum > 0 and not a.attisdropped));
  end loop;
  if names <> '{}' then
    execute format('drop %s %s restrict', case from_mode when 'foreign' then 'foreign table' else 'table' end,
      array_to_string(names, ', '));
  end if;
  -- A schema that the other mode makes has none of these.
  for item in
    select case a.grantee when 0 then 'public' else format('%I', pg_get_userbyid(a.grantee)) end as grantee, a.privilege_type
    from pg_catalog.pg_default_acl d join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral aclexplode(d.defaclacl) a
    where n.nspname = schema_name and d.defaclobjtype = 'r' and d.defaclrole = (select oid from pg_roles where rolname = current_user)
  loop
    execute format('alter default privileges in schema %I revoke %s on tables from %s', schema_name, item.privilege_type, item.grantee);
  end loop;
  delete from environment.settings s where s.name = 'catalog_snapshot';
  perform pg_catalog.set_config('search_path', pg_catalog.current_setting('environment.search_path'), true);
end
$switch$
