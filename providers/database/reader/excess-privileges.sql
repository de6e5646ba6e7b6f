with the_login as (
  select r.oid from pg_catalog.pg_roles r where r.rolname = $1
), usable as (
  select n.oid, n.nspname as name from pg_catalog.pg_namespace n cross join the_login l
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(l.oid, n.oid, 'USAGE')
), relations as (
  select format('%I.%I', u.name, c.relname) as name, p.privilege
  from usable u join pg_catalog.pg_class c on c.relnamespace = u.oid cross join the_login l
  cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE']) p (privilege)
  where case
    when c.relkind in ('r', 'p', 'v', 'm', 'f') then p.privilege <> 'USAGE'
      and not (u.name = $2 and p.privilege = 'SELECT') and has_table_privilege(l.oid, c.oid, p.privilege)
    when c.relkind = 'S' then p.privilege in ('SELECT', 'UPDATE', 'USAGE') and has_sequence_privilege(l.oid, c.oid, p.privilege)
    else false end
), functions as (
  select u.name as schema, p.oid::regprocedure::text as name, p.prosecdef as definer, pg_get_userbyid(p.proowner) as owner
  from usable u join pg_catalog.pg_proc p on p.pronamespace = u.oid cross join the_login l
  where has_function_privilege(l.oid, p.oid, 'EXECUTE') and p.prorettype <> 'pg_catalog.trigger'::regtype
)
select jsonb_build_object(
  'database', (
    select coalesce(jsonb_agg(p.privilege), '[]') from unnest(array['CREATE', 'TEMPORARY']) p (privilege) cross join the_login l
    where has_database_privilege(l.oid, current_database(), p.privilege)),
  'schemas', (
    select coalesce(jsonb_agg(u.name order by u.name), '[]') from usable u cross join the_login l
    where has_schema_privilege(l.oid, u.oid, 'CREATE')),
  'relations', (
    select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'privileges', r.privileges) order by r.name), '[]')
    from (select name, jsonb_agg(privilege) as privileges from relations group by name) r),
  'definers', (
    select coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'owner', f.owner) order by f.name), '[]')
    from functions f where f.definer),
  'functions', (
    select coalesce(jsonb_agg(jsonb_build_object('schema', f.schema, 'count', f.count) order by f.schema), '[]')
    from (select schema, count(*) as count from functions where not definer group by schema) f),
  'servers', (
    select coalesce(jsonb_agg(s.srvname order by s.srvname), '[]') from pg_catalog.pg_foreign_server s cross join the_login l
    where has_server_privilege(l.oid, s.oid, 'USAGE'))
) as reach
