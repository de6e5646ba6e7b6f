select format('column %s.%s.%s', r.space, r.name, c.attname), 'for ' || g.name,
  a.privilege_type || case when a.is_grantable then ' with grant option' else '' end, m.name
from pg_catalog.pg_attribute c join relations r on r.oid = c.attrelid cross join lateral aclexplode(c.attacl) a
join roles g on g.oid = a.grantee join roles m on m.oid = a.grantor
where r.class in ('system', 'platform') and not g.platform and g.name <> 'postgres'
  and not exists (select from pg_catalog.pg_init_privs i cross join lateral aclexplode(i.initprivs) b
    where i.objoid = r.oid and i.classoid = 'pg_catalog.pg_class'::regclass and i.objsubid = c.attnum
      and b.grantee = a.grantee and b.privilege_type = a.privilege_type)
