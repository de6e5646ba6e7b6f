select format('statistics object %s.%s', s.name, x.stxname), 'text',
  pg_get_statisticsobjdef(x.oid) || coalesce(' sampled ' || nullif(x.stxstattarget, -1), ''), null
from pg_catalog.pg_statistic_ext x join spaces s on s.oid = x.stxnamespace
where s.class = 'own' and x.oid not in (select objid from members where classid = 'pg_catalog.pg_statistic_ext'::regclass)
