select 'server ' || s.srvname, 'usage of ' || g.name, 'may use the server, and read the password of its mapping', null
from pg_catalog.pg_foreign_server s cross join lateral aclexplode(s.srvacl) a join roles g on g.oid = a.grantee
where a.grantee <> s.srvowner
union all
select 'server ' || m.srvname, 'mapping of public', 'everybody shares one mapping', null
from pg_catalog.pg_user_mappings m where m.usename = 'public'
