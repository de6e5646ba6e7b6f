with chosen as (
  select r.* from pg_catalog.pg_roles r where r.rolname in ($1, $2, $3)
), the_group as (
  select r.oid from pg_catalog.pg_roles r where r.rolname = $1
), the_schema as (
  select n.* from pg_catalog.pg_namespace n where n.nspname = $4
), relations as (
  select c.*, format('%I.%I', s.nspname, c.relname) as name, pg_get_userbyid(c.relowner) as owner,
    pg_has_role(c.relowner, 'USAGE') as ours
  from pg_catalog.pg_class c join the_schema s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select jsonb_build_object(
  'schemaExists', exists (select from the_schema),
  'boundsTransactions', current_setting('transaction_timeout', true) is not null,
  'roles', (
    select coalesce(jsonb_object_agg(r.rolname, jsonb_build_object(
      'canLogin', r.rolcanlogin, 'inherits', r.rolinherit, 'connectionLimit', r.rolconnlimit,
      'powerful', r.rolsuper or r.rolcreatedb or r.rolcreaterole or r.rolreplication or r.rolbypassrls,
      'settings', coalesce(to_jsonb(r.rolconfig), '[]'),
      'endsAt', case when r.rolvaliduntil <> 'infinity' then r.rolvaliduntil end,
      'databases', (
        select coalesce(jsonb_agg(d.datname order by d.datname), '[]')
        from pg_catalog.pg_db_role_setting x join pg_catalog.pg_database d on d.oid = x.setdatabase where x.setrole = r.oid),
      'members', (
        select coalesce(jsonb_agg(distinct u.rolname), '[]')
        from pg_catalog.pg_auth_members m join pg_catalog.pg_roles u on u.oid = m.member
        where m.roleid = r.oid and u.rolname <> current_user and u.rolname not in (select rolname from chosen)),
      'sessions', (select count(*) from pg_catalog.pg_stat_activity a where a.usesysid = r.oid),
      'memberOf', (
        select coalesce(jsonb_agg(distinct pg_get_userbyid(m.roleid)), '[]')
        from pg_catalog.pg_auth_members m where m.member = r.oid
      ))), '{}')
    from chosen r),
  'usage', exists (select from the_schema s cross join the_group g where has_schema_privilege(g.oid, s.oid, 'USAGE')),
  'unreadable', (
    select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'owner', t.owner,
      'grantable', t.ours or has_table_privilege(t.oid, 'SELECT WITH GRANT OPTION')) order by t.name), '[]')
    from relations t
    where not exists (select from the_group g where has_table_privilege(g.oid, t.oid, 'SELECT'))),
  'creators', (
    select coalesce(jsonb_agg(r.rolname order by r.rolname), '[]')
    from pg_catalog.pg_roles r cross join the_schema s
    where pg_has_role(r.oid, 'USAGE') and r.rolname !~ '^pg_'
      and (has_schema_privilege(r.oid, s.oid, 'CREATE') or r.oid in (select relowner from relations))
      and not exists (
        select from pg_catalog.pg_default_acl d cross join lateral aclexplode(d.defaclacl) e join the_group g on g.oid = e.grantee
        where d.defaclrole = r.oid and d.defaclnamespace = s.oid and d.defaclobjtype = 'r' and e.privilege_type = 'SELECT')),
  'hidden', (
    select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'owner', t.owner, 'ours', t.ours) order by t.name), '[]')
    from relations t
    where t.relrowsecurity and not exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polpermissive and p.polcmd in ('r', '*')
        and pg_get_expr(p.polqual, p.polrelid) = 'true'
        and (0 = any (p.polroles) or (select oid from the_group) = any (p.polroles)))),
  'restrictive', (
    select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'owner', t.owner, 'policy', p.polname)
      order by t.name, p.polname), '[]')
    from relations t join pg_catalog.pg_policy p on p.polrelid = t.oid
    where t.relrowsecurity and not p.polpermissive and p.polcmd in ('r', '*')
      and coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') <> 'true'
      and (0 = any (p.polroles) or exists (select from chosen r where r.oid = any (p.polroles)))),
  'countable', (
    select coalesce(jsonb_agg(t.name order by t.name), '[]') from relations t
    where t.relrowsecurity and t.reltuples <= $5 and not row_security_active(t.oid)
      and has_table_privilege(t.oid, 'SELECT')),
  'excess', (
    select coalesce(jsonb_agg(jsonb_build_object('grantee', r.rolname, 'privilege', x.privilege_type,
      'kind', x.kind, 'object', x.object) order by x.kind, x.object, r.rolname, x.privilege_type), '[]')
    from (
      select e.grantee, e.privilege_type, 'schema' as kind, format('%I', n.nspname) as object,
        n.nspname = $4 and e.privilege_type = 'USAGE' as meant
      from pg_catalog.pg_namespace n cross join lateral aclexplode(n.nspacl) e
      union all
      select e.grantee, e.privilege_type, case c.relkind when 'S' then 'sequence' else 'table' end,
        format('%I.%I', n.nspname, c.relname), n.nspname = $4 and e.privilege_type = 'SELECT'
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        cross join lateral aclexplode(c.relacl) e
      union all
      select e.grantee, format('%s (%I)', e.privilege_type, a.attname), 'table', format('%I.%I', n.nspname, c.relname), false
      from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(a.attacl) e
      where a.attnum > 0 and not a.attisdropped
      union all
      select e.grantee, e.privilege_type, 'database', format('%I', d.datname), e.privilege_type = 'CONNECT'
      from pg_catalog.pg_database d cross join lateral aclexplode(d.datacl) e where d.datname = current_database()
      union all
      select e.grantee, e.privilege_type, 'routine',
        format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), false
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        cross join lateral aclexplode(p.proacl) e
      union all
      select e.grantee, e.privilege_type, 'foreign server', format('%I', s.srvname), false
      from pg_catalog.pg_foreign_server s cross join lateral aclexplode(s.srvacl) e
      union all
      select e.grantee, e.privilege_type, 'foreign data wrapper', format('%I', w.fdwname), false
      from pg_catalog.pg_foreign_data_wrapper w cross join lateral aclexplode(w.fdwacl) e
      union all
      select e.grantee, e.privilege_type, 'large object', o.oid::text, false
      from pg_catalog.pg_largeobject_metadata o cross join lateral aclexplode(o.lomacl) e
    ) x
    join chosen r on r.oid = x.grantee
    where not (x.meant and r.rolname = $1))
) as live
