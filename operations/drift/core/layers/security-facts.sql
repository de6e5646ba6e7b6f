with relations as (
  select c.oid, c.relkind, c.relrowsecurity, c.reloptions, format('%s.%s', n.nspname, c.relname) as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'catalog')
    and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
)
select 'role ' || r.rolname || '#attributes' as name, concat_ws(' ',
  case when r.rolsuper then 'superuser' end, case when r.rolcreaterole then 'createrole' end,
  case when r.rolcreatedb then 'createdb' end, case when r.rolreplication then 'replication' end,
  case when r.rolbypassrls then 'bypassrls' end, case when r.rolcanlogin then 'login' end) as value
from pg_catalog.pg_roles r where r.rolname = any ($1::text[])
union all
select format('membership of %s in %s', u.rolname, g.rolname) || '#member', 'member'
from pg_catalog.pg_auth_members m
join pg_catalog.pg_roles g on g.oid = m.roleid join pg_catalog.pg_roles u on u.oid = m.member
where (g.rolname = any ($1::text[]) or u.rolname = any ($2::text[]))
union all
select 'table ' || name || '#row security', 'off' from relations where relkind in ('r', 'p') and not relrowsecurity
union all
select 'table ' || name || '#policies', 'row security without any policy' from relations t
where relkind in ('r', 'p') and relrowsecurity and not exists (select from pg_catalog.pg_policy p where p.polrelid = t.oid)
union all
select 'view ' || name || '#invoker', 'reads as its owner, past row security' from relations
where relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}' or reloptions @> '{security_invoker=on}', false)
union all
select format('function %s.%s(%s)#definer', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
  'runs as its owner' || case when coalesce(p.proconfig::text like '%search_path=%', false) then '' else ', with the search_path of its caller' end
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and n.nspname !~ '^(pg_|information_schema$|auth$|storage$|realtime$|vault$|extensions$|graphql|net$|pgbouncer$|supabase_|cron$)'
  and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all
select format('database#create of %s', case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end),
  'may create schemas'
from pg_catalog.pg_database d cross join lateral aclexplode(d.datacl) a
where d.datname = current_database() and a.privilege_type = 'CREATE'
  and (a.grantee = 0 or pg_get_userbyid(a.grantee) = any ($2::text[]))
union all
select format('%s#setting %s', coalesce('role ' || r.rolname, 'database'), split_part(c, '=', 1)), 'set to ' || split_part(c, '=', 2)
from pg_catalog.pg_db_role_setting x cross join lateral unnest(x.setconfig) c left join pg_catalog.pg_roles r on r.oid = x.setrole
where x.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database())) and c ~ $3
  and (x.setrole = 0 or r.rolname = any ($1::text[]))
union all
select format('%s %s.%s#%s by %s', case c.relkind when 'v' then 'view' else 'table' end, n.nspname, c.relname,
  lower(a.privilege_type), case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end), 'allowed, and the Vault holds passwords'
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
where n.nspname = 'vault' and (a.grantee = 0 or pg_get_userbyid(a.grantee) in ('anon', 'authenticated', 'authenticator'))
union all
select format('foreign data wrapper %s#usage of %s', w.fdwname, case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end),
  'may make foreign servers'
from pg_catalog.pg_foreign_data_wrapper w cross join lateral aclexplode(w.fdwacl) a where a.grantee <> w.fdwowner
union all
select format('server %s#usage of %s', s.srvname, case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end),
  'may use the server, and read the password of its mapping'
from pg_catalog.pg_foreign_server s cross join lateral aclexplode(s.srvacl) a where a.grantee <> s.srvowner
union all
select format('server %s#mapping of public', m.srvname), 'everybody shares one mapping'
from pg_catalog.pg_user_mappings m where m.usename = 'public'
