-- The publication of every project. pg-delta compares which tables of a customer it holds, and other publications.
select 'publication ' || p.pubname, x.aspect, x.value, null
from pg_catalog.pg_publication p cross join lateral (values
  ('operations', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
    case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)),
  ('all tables', p.puballtables::text),
  ('as their root', p.pubviaroot::text)
) x (aspect, value)
where p.pubname = 'supabase_realtime'
