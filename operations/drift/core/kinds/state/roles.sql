-- Attributes of the roles that requests act as. Of roles that a customer made, pg-delta compares the others.
select 'role ' || r.rolname, x.aspect, x.value, null
from pg_catalog.pg_roles r join roles o on o.oid = r.oid
cross join lateral (values
  ('superuser', r.rolsuper::text, false),
  ('createrole', r.rolcreaterole::text, false),
  ('createdb', r.rolcreatedb::text, false),
  ('replication', r.rolreplication::text, false),
  ('bypassrls', r.rolbypassrls::text, false),
  ('login', r.rolcanlogin::text, false),
  ('inherit', r.rolinherit::text, false),
  ('connection limit', r.rolconnlimit::text, r.rolconnlimit <> -1),
  ('valid until', case when r.rolvaliduntil is null or r.rolvaliduntil = 'infinity' then 'no end'
    else to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') end,
    r.rolvaliduntil is not null and r.rolvaliduntil <> 'infinity')
) x (aspect, value, unusual)
where o.api or (not o.platform and x.unusual)
