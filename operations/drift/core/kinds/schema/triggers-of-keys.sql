select 'triggers of ' || r.object, 'foreign keys', 'not enforced', null
from pg_catalog.pg_trigger t join relations r on r.oid = t.tgrelid
where r.class = 'own' and t.tgisinternal and t.tgenabled in ('D', 'R')
group by r.object
