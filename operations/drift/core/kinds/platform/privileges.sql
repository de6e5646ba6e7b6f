-- What was granted on objects of the platform and of extensions, to roles a customer can be.
select p.object, 'for ' || g.name, a.privilege_type || case when a.is_grantable then ' with grant option' else '' end,
  case when p.grows then m.name end
from privileges p cross join lateral aclexplode(p.acl) a
join roles g on g.oid = a.grantee join roles m on m.oid = a.grantor
where not g.platform and g.name <> 'postgres' and a.grantee <> p.owner
  and not (p.born and exists (
    select from aclexplode(coalesce(
      (select i.initprivs from pg_catalog.pg_init_privs i where i.objoid = p.oid and i.classoid = p.classid and i.objsubid = 0),
      acldefault(case p.classid when 'pg_catalog.pg_proc'::regclass then 'f' when 'pg_catalog.pg_namespace'::regclass then 'n'
        when 'pg_catalog.pg_language'::regclass then 'l' else 'r' end::"char", p.owner))) b
    where b.grantee = a.grantee and b.privilege_type = a.privilege_type and b.is_grantable >= a.is_grantable))
  -- What an extension makes gets what default privileges say, which are compared themselves: it is no grant of somebody's.
  and not (p.grows and p.born and exists (
    select from pg_catalog.pg_default_acl d cross join lateral aclexplode(d.defaclacl) b
    where d.defaclrole = p.owner and d.defaclnamespace in (p.space, 0) and b.grantee = a.grantee and b.grantor = a.grantor
      and d.defaclobjtype = case p.classid when 'pg_catalog.pg_proc'::regclass then 'f' when 'pg_catalog.pg_class'::regclass then 'r' end
      and b.privilege_type = a.privilege_type and b.is_grantable >= a.is_grantable))
  -- It is made after Postgres has written down what objects begin with.
  and not (p.object ~ ' information_schema(\.|$)' and a.grantee = 0 and a.privilege_type in ('SELECT', 'USAGE') and not a.is_grantable)
