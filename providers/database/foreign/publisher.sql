select jsonb_build_object(
  'relations', (
    select coalesce(jsonb_agg(jsonb_build_object('name', c.relname, 'owner', r.rolname, 'kind', c.relkind,
      'secured', c.relrowsecurity, 'rows', c.reltuples) order by c.relname), '[]')
    from :"catalog".pg_class c join :"catalog".pg_namespace n on n.oid = c.relnamespace
    join :"catalog".pg_roles r on r.oid = c.relowner
    where n.nspname = :'schema'::text and c.relkind = any ('{r,p,v,m,f}')),
  'readable', (
    select coalesce(jsonb_agg(distinct t.table_name::text), '[]') from :"information".table_privileges t
    where t.table_schema = :'schema'::text and t.privilege_type = 'SELECT'),
  'roles', (select coalesce(jsonb_agg(e.role_name::text), '[]') from :"information".enabled_roles e),
  'policies', (
    select coalesce(jsonb_agg(jsonb_build_object('table', p.tablename, 'name', p.policyname,
      'permissive', p.permissive = 'PERMISSIVE', 'roles', p.roles, 'command', p.cmd, 'condition', p.qual)), '[]')
    from :"catalog".pg_policies p where p.schemaname = :'schema'::text)
) as facts
