select 'language ' || l.lanname, 'text', concat_ws(' ', case when l.lanpltrusted then 'trusted' else 'not trusted' end, 'by', l.lanplcallfoid::regproc), null
from pg_catalog.pg_language l
where l.lanispl and l.oid not in (select objid from members where classid = 'pg_catalog.pg_language'::regclass)
union all
select format('transform for %s language %s', format_type(t.trftype, null), l.lanname), 'text',
  format('%s, %s', t.trffromsql::regproc, t.trftosql::regproc), null
from pg_catalog.pg_transform t join pg_catalog.pg_language l on l.oid = t.trflang
where t.oid not in (select objid from members where classid = 'pg_catalog.pg_transform'::regclass)
