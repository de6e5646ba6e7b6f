-- Tables of the platform that are published, and publications that belong to it.
select format('publication table %s.%s.%s', p.pubname, r.space, r.name), 'rows',
  coalesce('where ' || pg_get_expr(t.prqual, t.prrelid), 'all'), o.name
from pg_catalog.pg_publication_rel t join pg_catalog.pg_publication p on p.oid = t.prpubid
join relations r on r.oid = t.prrelid join roles o on o.oid = p.pubowner
where r.class in ('platform', 'system')
union all
select format('publication schema %s.%s', p.pubname, s.name), 'tables', 'all', o.name
from pg_catalog.pg_publication_namespace t join pg_catalog.pg_publication p on p.oid = t.pnpubid
join spaces s on s.oid = t.pnnspid join roles o on o.oid = p.pubowner
where s.class in ('platform', 'system')
union all
select 'publication ' || p.pubname, 'there', case when p.puballtables then 'all tables' else 'some tables' end, o.name
from pg_catalog.pg_publication p join roles o on o.oid = p.pubowner where o.platform
