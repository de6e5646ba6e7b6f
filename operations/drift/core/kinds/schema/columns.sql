-- How a column is kept and sampled, where that is not what its type begins with.
select format('column %s.%s.%s', r.space, r.name, a.attname), x.aspect, x.value, null
from pg_catalog.pg_attribute a join relations r on r.oid = a.attrelid join pg_catalog.pg_type y on y.oid = a.atttypid
cross join lateral (values
  ('samples', nullif(a.attstattarget, -1)::text),
  ('storage', case when a.attstorage <> y.typstorage then
    case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end),
  ('compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end),
  ('options', array_to_string(a.attoptions, ', '))
) x (aspect, value)
where r.class = 'own' and a.attnum > 0 and not a.attisdropped and not r.member and x.value is not null
union all
select format('index %s.%s', s.name, c.relname), 'samples of column ' || a.attnum, a.attstattarget::text, null
from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join spaces s on s.oid = c.relnamespace
where s.class = 'own' and c.relkind in ('i', 'I') and nullif(a.attstattarget, -1) is not null
union all
select r.object, 'options of its TOAST table', array_to_string(t.reloptions, ', '), null
from relations r join pg_catalog.pg_class c on c.oid = r.oid join pg_catalog.pg_class t on t.oid = c.reltoastrelid
where r.class = 'own' and not r.member and t.reloptions is not null
