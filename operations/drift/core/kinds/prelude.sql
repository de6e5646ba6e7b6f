-- What every kind may use. `platform` is said of roles that Supabase makes and no customer can be or change.
with roles as (
  select r.oid, r.rolname::text as name,
    r.rolname ~ '{{platform roles}}' as platform,
    r.rolname in ('anon', 'authenticated', 'authenticator', 'service_role', 'postgres') as api
  from pg_catalog.pg_roles r
  union all
  select 0, 'PUBLIC', false, false
), members as (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
), spaces as (
  select n.oid, n.nspname::text as name, case
    when n.nspname in ('pg_catalog', 'information_schema') then 'system'
    when n.nspname ~ '^pg_' then 'session'
    when n.nspname = 'public' then 'own'
    when n.nspname ~ '^(_analytics|_realtime|_supavisor|auth|cron|etl|extensions|graphql|graphql_public|net|pgbouncer|pgmq|pgmq_public|pgsodium|pgsodium_masks|pgtle|realtime|storage|supabase_functions|supabase_migrations|vault)$'
      or r.platform or (n.oid in (select objid from members where classid = 'pg_catalog.pg_namespace'::regclass)) then 'platform'
    else 'own' end as class
  from pg_catalog.pg_namespace n join roles r on r.oid = n.nspowner
), relations as not materialized (
  select c.oid, s.class, s.oid as spaceid, s.name as space, c.relname::text as name, c.relkind, c.relacl, r.name as owner, r.platform,
    format('%s %s.%s', case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
      when 'f' then 'foreign table' else 'table' end, s.name, c.relname) as object,
    c.relowner, c.relrowsecurity, c.reloptions,
    c.oid in (select objid from members where classid = 'pg_catalog.pg_class'::regclass) as member
  from pg_catalog.pg_class c join spaces s on s.oid = c.relnamespace join roles r on r.oid = c.relowner
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
), functions as not materialized (
  select p.oid, s.class, s.oid as spaceid, s.name as space, p.proacl, p.proowner, r.name as owner, r.platform, p.prosecdef, p.proconfig,
    format('function %s.%s(%s)', s.name, p.proname, oidvectortypes(p.proargtypes)) as object,
    p.oid in (select objid from members where classid = 'pg_catalog.pg_proc'::regclass) as member
  from pg_catalog.pg_proc p join spaces s on s.oid = p.pronamespace join roles r on r.oid = p.proowner
), privileges as (
  -- What an extension or Postgres itself made comes with privileges, which are no difference: `born`.
  -- The platform goes on granting where it goes on making objects: `grows`.
  select 'pg_catalog.pg_class'::regclass as classid, r.oid, r.object, r.class = 'system' or r.member as born, r.class = 'platform' or r.member as grows,
    coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner)) as acl, r.relowner as owner,
    r.spaceid as space
  from relations r where (r.class = 'platform' and not r.member) or ((r.class = 'system' or r.member) and r.relacl is not null)
  union all
  select 'pg_catalog.pg_proc'::regclass, f.oid, f.object, f.class = 'system' or f.member, f.class = 'platform' or f.member,
    coalesce(f.proacl, acldefault('f', f.proowner)), f.proowner, f.spaceid
  from functions f where (f.class = 'platform' and not f.member) or ((f.class = 'system' or f.member) and f.proacl is not null)
  union all
  select 'pg_catalog.pg_namespace'::regclass, n.oid, 'schema ' || s.name, s.class = 'system'
      or n.oid in (select objid from members where classid = 'pg_catalog.pg_namespace'::regclass),
    s.class = 'platform', coalesce(n.nspacl, acldefault('n', n.nspowner)), n.nspowner, 0
  from pg_catalog.pg_namespace n join spaces s on s.oid = n.oid where s.class in ('system', 'platform')
  union all
  select 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 'foreign data wrapper ' || w.fdwname, false, true,
    coalesce(w.fdwacl, acldefault('F', w.fdwowner)), w.fdwowner, 0
  from pg_catalog.pg_foreign_data_wrapper w
  union all
  select 'pg_catalog.pg_language'::regclass, l.oid, 'language ' || l.lanname, true, false, coalesce(l.lanacl, acldefault('l', l.lanowner)), l.lanowner, 0
  from pg_catalog.pg_language l
  union all
  select 'pg_catalog.pg_tablespace'::regclass, t.oid, 'tablespace ' || t.spcname, false, false,
    coalesce(t.spcacl, acldefault('t', t.spcowner)), t.spcowner, 0
  from pg_catalog.pg_tablespace t
  union all
  select 'pg_catalog.pg_largeobject_metadata'::regclass, o.oid, 'large object ' || o.oid, false, false,
    coalesce(o.lomacl, acldefault('L', o.lomowner)), o.lomowner, 0
  from pg_catalog.pg_largeobject_metadata o
  union all
  select 'pg_catalog.pg_parameter_acl'::regclass, p.oid, 'parameter ' || p.parname, false, false, p.paracl, 10, 0
  from pg_catalog.pg_parameter_acl p
)
