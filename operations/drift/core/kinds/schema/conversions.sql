select format('conversion %s.%s', s.name, c.conname), 'text', format('%s to %s by %s%s', pg_encoding_to_char(c.conforencoding),
  pg_encoding_to_char(c.contoencoding), c.conproc::regproc, case when c.condefault then ', the default' else '' end), null
from pg_catalog.pg_conversion c join spaces s on s.oid = c.connamespace
where s.class in ('own', 'system') and c.oid >= 16384 and c.oid not in (select objid from members where classid = 'pg_catalog.pg_conversion'::regclass)
