select format('text search configuration %s.%s', s.name, c.cfgname), 'text', (
  select string_agg(m.maptokentype || ':' || m.mapdict::regdictionary, ' ' order by m.maptokentype, m.mapseqno)
  from pg_catalog.pg_ts_config_map m where m.mapcfg = c.oid), null
from pg_catalog.pg_ts_config c join spaces s on s.oid = c.cfgnamespace
where s.class in ('own', 'system') and c.oid >= 16384 and c.oid not in (select objid from members where classid = 'pg_catalog.pg_ts_config'::regclass)
union all
select format('text search dictionary %s.%s', s.name, d.dictname), 'text', concat_ws(' ', t.tmplname, d.dictinitoption), null
from pg_catalog.pg_ts_dict d join spaces s on s.oid = d.dictnamespace join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
where s.class in ('own', 'system') and d.oid >= 16384 and d.oid not in (select objid from members where classid = 'pg_catalog.pg_ts_dict'::regclass)
union all
select format('text search parser %s.%s', s.name, p.prsname), 'text', p.prsstart::text, null
from pg_catalog.pg_ts_parser p join spaces s on s.oid = p.prsnamespace
where s.class in ('own', 'system') and p.oid >= 16384 and p.oid not in (select objid from members where classid = 'pg_catalog.pg_ts_parser'::regclass)
union all
select format('text search template %s.%s', s.name, t.tmplname), 'text', t.tmpllexize::text, null
from pg_catalog.pg_ts_template t join spaces s on s.oid = t.tmplnamespace
where s.class in ('own', 'system') and t.oid >= 16384 and t.oid not in (select objid from members where classid = 'pg_catalog.pg_ts_template'::regclass)
