-- Everything a migration can create that another run would create the same. Not: rows, grants, owners, comments. Members of
-- extensions belong to the extension; the ledger and this runner's notes belong to the runner.
with spaces as (
  select oid, nspname from pg_catalog.pg_namespace
  where nspname !~ '^pg_' and nspname not in ('information_schema', 'drizzle')
), own as (
  select s.nspname, c.* from pg_catalog.pg_class c join spaces s on s.oid = c.relnamespace
  where not (s.nspname = 'environment' and c.relname ~ '^migration_')
    and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
), facts as (
  select 'schema ' || nspname as name, 'present' as definition from spaces where nspname <> 'environment'
  union all select 'extension ' || extname, 'present' from pg_catalog.pg_extension
  union all select format('relation %s.%s', nspname, relname), concat_ws(' ', relkind,
      case when relrowsecurity then 'row-security' end, case when relforcerowsecurity then 'forced' end,
      case when relkind in ('v', 'm') then md5(pg_get_viewdef(oid)) end)
    from own where relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
  union all select format('column %s.%s.%s', nspname, relname, attname), concat_ws(' ', format_type(atttypid, atttypmod),
      case when attnotnull then 'not null' end, case when attidentity <> '' then 'identity ' || attidentity::text end,
      case when attgenerated <> '' then 'generated ' || attgenerated::text end, 'default ' || pg_get_expr(d.adbin, d.adrelid))
    from own join pg_catalog.pg_attribute a on a.attrelid = own.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where relkind in ('r', 'p', 'f', 'c')
  union all select format('constraint %s.%s.%s', nspname, relname, conname), pg_get_constraintdef(k.oid)
    from own join pg_catalog.pg_constraint k on k.conrelid = own.oid and k.contype <> 'n'
  union all select format('index %s.%s', nspname, own.relname), pg_get_indexdef(own.oid) || case when i.indisvalid then '' else ' invalid' end
    from own join pg_catalog.pg_index i on i.indexrelid = own.oid
  union all select format('trigger %s.%s.%s', nspname, relname, tgname), pg_get_triggerdef(t.oid)
    from own join pg_catalog.pg_trigger t on t.tgrelid = own.oid and not t.tgisinternal
  union all select format('policy %s.%s.%s', nspname, relname, polname), concat_ws(' ', polcmd, polpermissive,
      (select string_agg(coalesce(rolname, 'public'), ',' order by rolname) from unnest(polroles) r left join pg_catalog.pg_roles on pg_roles.oid = r),
      pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    from own join pg_catalog.pg_policy p on p.polrelid = own.oid
  union all select format('function %s.%s(%s)', s.nspname, proname, pg_get_function_identity_arguments(p.oid)),
      md5(case when prokind in ('f', 'p') then replace(pg_get_functiondef(p.oid), E'\r\n', E'\n') else prosrc end)
    from pg_catalog.pg_proc p join spaces s on s.oid = p.pronamespace
    where not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all select format('type %s.%s', s.nspname, typname), case typtype when 'e'
      then 'enum ' || (select string_agg(enumlabel, ',' order by enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)
      else concat_ws(' ', 'domain', format_type(typbasetype, typtypmod), typdefault) end
    from pg_catalog.pg_type t join spaces s on s.oid = t.typnamespace where typtype in ('e', 'd')
    and not exists (select from pg_catalog.pg_depend d where d.objid = t.oid and d.deptype = 'e')
  union all select format('server %s', srvname), 'present' from pg_catalog.pg_foreign_server
)
select jsonb_object_agg(name, definition) as facts from facts
