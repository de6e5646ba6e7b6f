with spaces as (
  select n.oid, n.nspname from pg_catalog.pg_namespace n
  where not exists (select from pg_catalog.pg_depend d where d.objid = n.oid and d.deptype = 'e')
    and (n.nspname = 'public' or pg_get_userbyid(n.nspowner) not like 'supabase%')
    and n.nspname !~ '^(pg_|information_schema$|extensions$|pgbouncer$)'
), relations as (
  select c.oid, format('%s %s.%s', case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' else 'foreign table' end, s.nspname, c.relname) as name,
    c.relowner, s.nspname, c.relname
  from pg_catalog.pg_class c join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
)
select 'triggers of ' || r.name || '#foreign keys' as name, 'not enforced' as value
from pg_catalog.pg_trigger t join relations r on r.oid = t.tgrelid where t.tgisinternal and t.tgenabled in ('D', 'R')
union
select format('column %s.%s.%s#statistics', r.nspname, r.relname, a.attname), 'samples ' || a.attstattarget
from pg_catalog.pg_attribute a join relations r on r.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0
union
select r.name || '#owner', 'owner ' || pg_get_userbyid(r.relowner) from relations r
where pg_get_userbyid(r.relowner) like 'supabase%'
union
select format('function %s.%s(%s)#owner', s.nspname, p.proname, oidvectortypes(p.proargtypes)), 'owner ' || pg_get_userbyid(p.proowner)
from pg_catalog.pg_proc p join spaces s on s.oid = p.pronamespace
where pg_get_userbyid(p.proowner) like 'supabase%'
  and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
union
select format('type %s.%s#owner', s.nspname, y.typname), 'owner ' || pg_get_userbyid(y.typowner)
from pg_catalog.pg_type y join spaces s on s.oid = y.typnamespace
where pg_get_userbyid(y.typowner) like 'supabase%' and y.typtype in ('e', 'd', 'r')
  and not exists (select from pg_catalog.pg_depend d where d.objid = y.oid and d.deptype = 'e')
