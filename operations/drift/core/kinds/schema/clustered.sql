select format('index %s.%s', s.name, c.relname), 'clustered', 'the table is clustered by it', null
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join spaces s on s.oid = c.relnamespace
where s.class = 'own' and i.indisclustered
