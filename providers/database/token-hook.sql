-- What the Auth server needs of its access-token hook. It logs in as supabase_auth_admin, and calls the function with one jsonb.
select
  p.oid is not null as there,
  coalesce(has_function_privilege(r.oid, p.oid, 'EXECUTE') and has_schema_privilege(r.oid, p.pronamespace, 'USAGE'), false)
    as executable,
  coalesce(pg_has_role(r.oid, 'SET'), false) as actable
from (select to_regprocedure($1) as oid) wanted
left join pg_catalog.pg_proc p on p.oid = wanted.oid
left join pg_catalog.pg_roles r on r.rolname = 'supabase_auth_admin'
