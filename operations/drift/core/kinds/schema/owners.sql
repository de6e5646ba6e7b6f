-- What lies among a customer's objects and belongs to the platform, which pg-delta leaves out.
select r.object, 'owner', 'owner ' || r.owner, null from relations r where r.class = 'own' and r.platform and not r.member
union all
select f.object, 'owner', 'owner ' || f.owner, null from functions f where f.class = 'own' and f.platform and not f.member
  -- The constructors of a range type belong to the superuser, also where a customer makes it.
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = f.oid and d.deptype = 'i')
union all
select format('type %s.%s', s.name, y.typname), 'owner', 'owner ' || o.name, null
from pg_catalog.pg_type y join spaces s on s.oid = y.typnamespace join roles o on o.oid = y.typowner
where s.class = 'own' and o.platform and (y.typtype in ('e', 'd', 'r') or (select c.relkind = 'c' from pg_catalog.pg_class c where c.oid = y.typrelid))
  and y.oid not in (select objid from members where classid = 'pg_catalog.pg_type'::regclass)
