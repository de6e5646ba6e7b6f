-- What objects to come are granted, for every owner. Where nothing was said, Postgres has a default of its own.
select format('default privilege of %s for %s on %s in %s', o.name, g.name,
    case d.kind when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
    coalesce(n.nspname::text, 'all schemas')), 'granted',
  a.privilege_type || case when a.is_grantable then ' with grant option' else '' end, o.name
from (
  select x.defaclrole as owner, x.defaclnamespace as space, x.defaclobjtype as kind, x.defaclacl as acl
  from pg_catalog.pg_default_acl x
  union all
  select o.oid, 0, k.kind, acldefault(k.kind, o.oid)
  from roles o cross join (values ('f'::"char"), ('T'::"char")) k (kind)
  where o.name = 'postgres' and not exists (select from pg_catalog.pg_default_acl x
    where x.defaclrole = o.oid and x.defaclnamespace = 0 and x.defaclobjtype = k.kind)
) d
cross join lateral aclexplode(d.acl) a join roles o on o.oid = d.owner join roles g on g.oid = a.grantee
left join pg_catalog.pg_namespace n on n.oid = d.space
where not g.platform and a.grantee <> d.owner
