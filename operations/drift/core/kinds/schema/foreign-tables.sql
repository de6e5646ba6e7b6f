-- What a foreign table has beyond the place it reads and its columns, which the layer `catalog` compares.
select r.object, 'option ' || o.option_name, coalesce(o.option_value, ''), null
from pg_catalog.pg_foreign_table f join relations r on r.oid = f.ftrelid cross join lateral pg_options_to_table(f.ftoptions) o
where r.class = 'own' and not r.member and o.option_name not in ('schema_name', 'table_name', 'fetch_size')
union all
-- It follows from the samples of an `up`: 1 to 5000 rows of 2 MB together.
select r.object, 'option fetch_size', o.option_value, null
from pg_catalog.pg_foreign_table f join relations r on r.oid = f.ftrelid cross join lateral pg_options_to_table(f.ftoptions) o
where r.class = 'own' and not r.member and o.option_name = 'fetch_size'
  and coalesce((select o.option_value::bigint not between w.rows / 2 and w.rows * 2 from (
    select greatest(1, least(5000, 2000000 / greatest(sum(s.avg_width), 1))) as rows
    from pg_catalog.pg_stats s where s.schemaname = r.space and s.tablename = r.name) w), true)
union all
select r.object, 'owner', 'owner ' || r.owner, null
from relations r join pg_catalog.pg_namespace n on n.nspname = r.space
where r.relkind = 'f' and r.class = 'own' and not r.member and not r.platform and r.relowner <> n.nspowner and r.space <> 'public'
union all
select 'server ' || s.srvname, 'owner', 'owner ' || o.name, null
from pg_catalog.pg_foreign_server s join roles o on o.oid = s.srvowner, pg_catalog.pg_database d
where d.datname = current_database() and s.srvowner <> d.datdba
  and s.oid not in (select objid from members where classid = 'pg_catalog.pg_foreign_server'::regclass)
union all
select format('default %s.%s.%s', r.space, r.name, a.attname), 'text', pg_get_expr(d.adbin, d.adrelid), null
from pg_catalog.pg_attrdef d join relations r on r.oid = d.adrelid join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where r.relkind = 'f' and r.class = 'own' and not r.member
union all
select format('trigger %s.%s.%s', r.space, r.name, t.tgname), 'text', pg_get_triggerdef(t.oid), null
from pg_catalog.pg_trigger t join relations r on r.oid = t.tgrelid
where r.relkind = 'f' and r.class = 'own' and not r.member and not t.tgisinternal
