select 'database', x.aspect, x.value, null
from pg_catalog.pg_database d cross join lateral (values
  ('connection limit', d.datconnlimit::text),
  ('template', d.datistemplate::text)
) x (aspect, value)
where d.datname = current_database()
union all
select 'database', 'for ' || g.name, a.privilege_type || case when a.is_grantable then ' with grant option' else '' end, null
from pg_catalog.pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
join roles g on g.oid = a.grantee
where d.datname = current_database() and not g.platform and a.grantee <> d.datdba
