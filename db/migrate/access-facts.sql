-- Who owns what migrations make, and what the roles of the platform may do with it: a database is not safe because its tables
-- are there. Members of extensions belong to the extension.
with spaces as (
  select oid, nspname, nspowner, nspacl from pg_catalog.pg_namespace
  where nspname !~ '^pg_' and nspname not in ('information_schema', 'drizzle')
), objects as (
  select 'schema ' || nspname as name, nspowner as owner, coalesce(nspacl, acldefault('n', nspowner)) as acl from spaces
    where nspname <> 'environment'
  union all select format('relation %s.%s', nspname, relname), relowner,
      coalesce(relacl, acldefault((case relkind when 'S' then 's' else 'r' end)::"char", relowner))
    from pg_catalog.pg_class c join spaces s on s.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not (nspname = 'environment' and relname ~ '^migration_')
      and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
  union all select format('column %s.%s.%s', nspname, relname, attname), null, attacl
    from pg_catalog.pg_class c join spaces s on s.oid = relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null
  union all select format('function %s.%s(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)), proowner,
      coalesce(proacl, acldefault('f', proowner))
    from pg_catalog.pg_proc p join spaces s on s.oid = pronamespace
    where not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
), roles as (
  select 0::oid as oid, 'PUBLIC' as name
  union all select oid, rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'supabase_auth_admin')
), facts as (
  select 'owner of ' || name as name,
    -- The login that migrates is another one on a shadow database.
    case when owner = current_user::regrole then 'who migrates' else pg_get_userbyid(owner)::text end as definition
    from objects where owner is not null and name !~ '^schema public$'
  union all select format('grants on %s to %s', o.name, r.name), string_agg(e.privilege_type, ', ' order by e.privilege_type)
    from objects o cross join lateral aclexplode(o.acl) e join roles r on r.oid = e.grantee
    -- MAINTAIN came with PostgreSQL 17.
    where e.privilege_type <> 'MAINTAIN' and e.grantee <> coalesce(o.owner, 10)
    group by o.name, r.name
)
select jsonb_object_agg(name, definition) as facts from facts
