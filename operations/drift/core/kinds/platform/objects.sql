-- What a customer's role made inside the platform's schemas, where pg-delta does not look.
select r.object, 'there', 'of ' || r.owner, null from relations r
where r.class = 'platform' and not r.platform and not r.member
union all
select f.object, 'there', 'of ' || f.owner, null from functions f
where f.class = 'platform' and not f.platform and not f.member
union all
select format('%s %s.%s', x.kind, s.name, x.name), 'there', 'of ' || o.name, null
from (
  -- The types of tables and of arrays come with them.
  select 'type' as kind, y.typname as name, y.typnamespace as space, y.typowner as owner, 'pg_catalog.pg_type'::regclass as classid, y.oid
  from pg_catalog.pg_type y where y.typtype in ('e', 'd', 'r') or (select c.relkind = 'c' from pg_catalog.pg_class c where c.oid = y.typrelid)
  union all
  select 'operator', p.oprname, p.oprnamespace, p.oprowner, 'pg_catalog.pg_operator'::regclass, p.oid from pg_catalog.pg_operator p
  union all
  select 'operator class', p.opcname, p.opcnamespace, p.opcowner, 'pg_catalog.pg_opclass'::regclass, p.oid from pg_catalog.pg_opclass p
  union all
  select 'collation', p.collname, p.collnamespace, p.collowner, 'pg_catalog.pg_collation'::regclass, p.oid from pg_catalog.pg_collation p
  union all
  select 'conversion', p.conname, p.connamespace, p.conowner, 'pg_catalog.pg_conversion'::regclass, p.oid from pg_catalog.pg_conversion p
  union all
  select 'statistics object', p.stxname, p.stxnamespace, p.stxowner, 'pg_catalog.pg_statistic_ext'::regclass, p.oid from pg_catalog.pg_statistic_ext p
  union all
  select 'text search configuration', p.cfgname, p.cfgnamespace, p.cfgowner, 'pg_catalog.pg_ts_config'::regclass, p.oid from pg_catalog.pg_ts_config p
  union all
  select 'text search dictionary', p.dictname, p.dictnamespace, p.dictowner, 'pg_catalog.pg_ts_dict'::regclass, p.oid from pg_catalog.pg_ts_dict p
) x join spaces s on s.oid = x.space join roles o on o.oid = x.owner
where s.class = 'platform' and not o.platform and not exists (select from members m where m.classid = x.classid and m.objid = x.oid)
