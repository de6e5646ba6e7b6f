select 'tablespace ' || t.spcname, 'place', pg_tablespace_location(t.oid), r.name
from pg_catalog.pg_tablespace t join roles r on r.oid = t.spcowner where t.spcname not in ('pg_default', 'pg_global')
