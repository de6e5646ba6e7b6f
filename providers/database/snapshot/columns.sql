with types as (
  select jsonb_object_agg(t.oid, jsonb_build_object('kind', t.typtype, 'schema', n.nspname, 'name', t.typname,
    'element', t.typelem, 'base', t.typbasetype, 'typmod', t.typtypmod)) as held
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.oid >= 10000
), columns as (
  select n.nspname as side, c.relname as table, a.attname as column, a.attnum, format_type(a.atttypid, a.atttypmod) as type,
    environment.travelled_type(a.atttypid, a.atttypmod, (select held from types)) as made,
    a.attnotnull and not a.atthasdef and a.attidentity = '' as required, a.attgenerated <> '' as computed
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relname = any (:'tables'::text[])
    and ((n.nspname = :'local' and c.relkind in ('r', 'p')) or (n.nspname = :'remote' and c.relkind = 'f'))
)
select coalesce(l.table, r.table)::text as table, coalesce(l.column, r.column)::text as column,
  l.type as local, coalesce(l.made ->> 'base', l.made ->> 'type') as made, r.type as remote, coalesce(l.required, false) as required, coalesce(l.computed, false) as computed
from (select * from columns where side <> :'remote') l
full join (select * from columns where side = :'remote') r on r.table = l.table and r.column = l.column
order by 1, coalesce(l.attnum, r.attnum), 2
