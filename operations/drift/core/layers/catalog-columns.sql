with recursive domains as (
  select t.oid, t.typbasetype as base, t.typtypmod as typmod from pg_catalog.pg_type t where t.typtype = 'd'
  union all
  select d.oid, t.typbasetype, t.typtypmod from domains d join pg_catalog.pg_type t on t.oid = d.base where t.typtype = 'd'
), bottoms as (
  select d.oid, d.base, case t.typtype when 'e' then 'text' else format_type(d.base, d.typmod) end as name,
    t.typtype = 'e' as is_enum
  from domains d join pg_catalog.pg_type t on t.oid = d.base where t.typtype <> 'd'
)
select c.relname as table,
  a.attname as column,
  case
    when $1::text is not null then replace(format_type(a.atttypid, a.atttypmod), $2, '')
    when y.typtype = 'e' or b.is_enum then 'environment.opaque_text'
    when e.typtype in ('d', 'e') then 'environment.opaque_' || trim(both '_' from
      regexp_replace(coalesce(eb.name, 'text') || '_list', '[^a-z0-9]+', '_', 'g'))
    else replace(coalesce(b.name, format_type(a.atttypid, a.atttypmod)), $2, '')
  -- The foreign table has the type below a domain, with the collation of the domain.
  end || coalesce(' collate ' || (select co.collname from pg_catalog.pg_collation co
    join pg_catalog.pg_type bottom on bottom.oid = coalesce(b.base, y.oid)
    where co.oid = a.attcollation and a.attcollation <> bottom.typcollation and y.typtype in ('b', 'd')), '')
    || case when a.attnotnull then ' not null' else '' end
    || coalesce((select ', read from column ' || o.option_value from pg_catalog.pg_options_to_table(a.attfdwoptions) o
      where o.option_name = 'column_name' and o.option_value <> a.attname), '') as type
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type y on y.oid = a.atttypid
left join pg_catalog.pg_type e on e.oid = y.typelem
left join bottoms b on b.oid = a.atttypid
left join bottoms eb on eb.oid = y.typelem
left join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
left join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
where n.nspname = $3 and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and ($1::text is null or s.srvname = $1::text)
order by 1, a.attnum
