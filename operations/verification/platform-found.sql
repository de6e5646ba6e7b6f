-- What a project is, in the shape of facts/platform-facts.json. Objects of this product's own are left out: roles of the
-- reader, its schemas, the wrapper. Read by the catalogs alone, and no secret is among it.
with own_schemas (name) as (values ('environment'), ('tenancy'), ('catalog'), ('drizzle'))
select jsonb_build_object(
  'roles', (
    select jsonb_object_agg(r.rolname, jsonb_build_object(
      'superuser', r.rolsuper, 'inherit', r.rolinherit, 'createrole', r.rolcreaterole, 'createdb', r.rolcreatedb,
      'login', r.rolcanlogin, 'replication', r.rolreplication, 'bypassrls', r.rolbypassrls,
      'connectionLimit', r.rolconnlimit,
      'config', (
        select coalesce(jsonb_agg(c order by c), '[]') from unnest(r.rolconfig) c
        where split_part(c, '=', 1) !~* 'secret|password|key|token'),
      'memberOf', (
        select coalesce(jsonb_agg(distinct format('%s (%s)', g.rolname, concat_ws(', ',
          case when m.admin_option then 'admin' end, case when m.inherit_option then 'inherit' end,
          case when m.set_option then 'set' end))), '[]')
        from pg_auth_members m join pg_roles g on g.oid = m.roleid
        where m.member = r.oid and g.rolname !~ '^fdw_catalog_ro')))
    from pg_roles r where r.rolname !~ '^(pg_|fdw_catalog_ro|cli_login_)'),
  'schemas', (
    select jsonb_object_agg(n.nspname, jsonb_build_object('owner', pg_get_userbyid(n.nspowner), 'acl', (
      select jsonb_agg(a::text order by a::text) from unnest(n.nspacl) a
      where a::text !~ '^supabase_auth_admin=U/.*pg_database_owner$')))
    from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname not in (select name from own_schemas)),
  'extensions', (
    select jsonb_object_agg(e.extname, jsonb_build_object('schema', n.nspname, 'version', e.extversion,
      'owner', pg_get_userbyid(e.extowner)))
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname <> 'postgres_fdw'),
  'eventTriggers', (
    select coalesce(jsonb_object_agg(t.evtname, jsonb_build_object('event', t.evtevent, 'owner', pg_get_userbyid(t.evtowner),
      'function', format('%s.%s()', n.nspname, p.proname), 'enabled', t.evtenabled)), '{}')
    from pg_event_trigger t join pg_proc p on p.oid = t.evtfoid join pg_namespace n on n.oid = p.pronamespace),
  'databases', (
    select jsonb_object_agg('postgres', jsonb_build_object('owner', pg_get_userbyid(d.datdba),
      'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype, 'locale', d.datlocale,
      'provider', case d.datlocprovider when 'i' then 'icu' when 'c' then 'libc' else 'builtin' end))
    from pg_database d where d.datname = current_database()),
  -- What the server began this session with, whatever a client has set since.
  'settings', (select jsonb_object_agg(s.name, s.reset_val) from pg_settings s where s.name in (
    select jsonb_array_elements_text($1::text::jsonb))),
  'variants', jsonb_build_object(
    'foreignDataWrapperOwner', (select pg_get_userbyid(w.fdwowner) from pg_foreign_data_wrapper w where w.fdwname = 'postgres_fdw'),
    'tablesOfPostgresInPublic', (
      select jsonb_agg(a::text order by a::text) from pg_default_acl d cross join unnest(d.defaclacl) a
      where d.defaclrole = 'postgres'::regrole and d.defaclnamespace = 'public'::regnamespace and d.defaclobjtype = 'r')),
  'versions', jsonb_build_object('server', current_setting('server_version'), 'text', version())
) as found
