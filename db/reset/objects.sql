-- What a project did not have at birth and role postgres may drop, with the words of DROP. What goes along with another one
-- (a table's index, a type's array) is not listed.
with platform_schema as (
  select n.oid, n.nspname from pg_catalog.pg_namespace n
  where n.nspname in ('auth', 'extensions', 'graphql', 'graphql_public', 'pgbouncer', 'realtime', 'storage', 'vault',
    'information_schema') or n.nspname ~ '^pg_'
), member as (
  select classid, objid from pg_catalog.pg_depend where deptype = 'e'
), found as (
  select 1 as rank, 'pg_catalog.pg_foreign_server'::regclass as classid, oid as objid from pg_catalog.pg_foreign_server
  union all
  select 2, 'pg_catalog.pg_publication'::regclass, oid from pg_catalog.pg_publication
  where pubname not in ('supabase_realtime', 'supabase_realtime_messages_publication')
    and pg_catalog.pg_has_role(pubowner, 'USAGE')
  union all
  select 3, 'pg_catalog.pg_extension'::regclass, oid from pg_catalog.pg_extension
  where extname not in ('pg_graphql', 'pg_stat_statements', 'pgcrypto', 'plpgsql', 'supabase_vault', 'uuid-ossp')
  union all
  select 4, 'pg_catalog.pg_namespace'::regclass, oid from pg_catalog.pg_namespace
  -- What is owned by a role of the platform is the platform's, whatever its name.
  where oid not in (select oid from platform_schema) and nspname <> 'public' and pg_catalog.pg_has_role(nspowner, 'USAGE')
  union all
  select 5, d.classid, d.objid from pg_catalog.pg_depend d
  where d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = 'public'::regnamespace and d.deptype = 'n'
    and d.classid not in ('pg_catalog.pg_extension'::regclass, 'pg_catalog.pg_default_acl'::regclass)
  union all
  -- At birth no table of the platform has a policy, nor a trigger whose function is not of the same schema.
  select 6, 'pg_catalog.pg_policy'::regclass, p.oid from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid join platform_schema s on s.oid = c.relnamespace
  union all
  select 7, 'pg_catalog.pg_trigger'::regclass, t.oid from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid join platform_schema s on s.oid = c.relnamespace
  join pg_catalog.pg_proc f on f.oid = t.tgfoid
  where not t.tgisinternal and f.pronamespace not in (select oid from platform_schema)
)
select found.classid::oid, found.objid, what.identity,
  case what.type
    when 'composite type' then 'type'
    when 'statistics object' then 'statistics'
    else what.type
  end as kind
from found, lateral pg_catalog.pg_identify_object(found.classid, found.objid, 0) what
where not exists (select from member where member.classid = found.classid and member.objid = found.objid)
order by found.rank, found.objid
