with sampled as (
  select format('%I.%I', s.schemaname, s.tablename) as name, sum(s.avg_width) as width
  from pg_catalog.pg_stats s
  where s.schemaname = $1 and s.tablename = any ($2::text[])
  group by s.schemaname, s.tablename
), wanted as (
  select s.name as table, greatest(1, least($3::int, $4::int / greatest(s.width, 1))) as rows,
    (select o.option_value::int from pg_catalog.pg_options_to_table(f.ftoptions) o where o.option_name = 'fetch_size') as held
  from sampled s join pg_catalog.pg_foreign_table f on f.ftrelid = s.name::regclass
)
select w.table, case when w.held is null then 'add' else 'set' end as verb, w.rows::text
from wanted w where w.held is null or w.held not between w.rows / 2 and w.rows * 2
