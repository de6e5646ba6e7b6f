-- A fresh project in the form of facts/platform-facts.json, one JSON document; names are those of the facts.
with platform_schemas as (
  select * from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
)
select jsonb_build_object(
  'roles', (select jsonb_object_agg(r.rolname, jsonb_build_object(
      'superuser', rolsuper, 'inherit', rolinherit, 'createrole', rolcreaterole, 'createdb', rolcreatedb,
      'login', rolcanlogin, 'replication', rolreplication, 'bypassrls', rolbypassrls,
      'connectionLimit', rolconnlimit, 'validUntil', rolvaliduntil,
      'config', coalesce((select to_jsonb(setconfig) from pg_db_role_setting s where s.setrole = r.oid and setdatabase = 0), '[]'),
      'memberOf', coalesce((select jsonb_object_agg(m.roleid::regrole::text, jsonb_build_object('grantor', m.grantor::regrole::text,
          'admin', admin_option, 'inherit', inherit_option, 'set', set_option))
        from pg_auth_members m where m.member = r.oid), '{}')))
    from pg_roles r where rolname !~ '^pg_'),
  'schemas', (select jsonb_object_agg(nspname, jsonb_build_object('owner', nspowner::regrole::text, 'acl', nspacl::text[]))
    from platform_schemas),
  'defaultPrivileges', (select jsonb_object_agg(concat_ws(' ', defaclrole::regrole::text, nspname,
        case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' else defaclobjtype::text end),
      defaclacl::text[])
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace),
  'extensions', (select jsonb_object_agg(extname, jsonb_build_object('schema', extnamespace::regnamespace::text,
      'version', extversion, 'owner', extowner::regrole::text)) from pg_extension),
  'eventTriggers', (select jsonb_object_agg(evtname, jsonb_build_object('event', evtevent, 'tags', evttags,
      'function', pronamespace::regnamespace || '.' || proname || '()', 'owner', evtowner::regrole::text, 'functionOwner', proowner::regrole::text,
      'functionConfig', coalesce(to_jsonb(proconfig), '[]'), 'enabled', evtenabled))
    from pg_event_trigger t join pg_proc p on p.oid = t.evtfoid),
  'functions', (select jsonb_object_agg(nspname || '.' || proname || '(' || pg_get_function_arguments(p.oid) || ')', jsonb_build_object(
      'result', pg_get_function_result(p.oid), 'owner', proowner::regrole::text, 'language', lanname, 'securityDefiner', prosecdef,
      'volatility', case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      'config', coalesce(to_jsonb(proconfig), '[]'), 'acl', proacl::text[]))
    from pg_proc p join platform_schemas n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang),
  'relations', (select jsonb_object_agg(nspname || '.' || relname, jsonb_build_object(
      'kind', case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' else 'sequence' end,
      'owner', relowner::regrole::text, 'rowSecurity', relrowsecurity, 'acl', relacl::text[],
      'columns', (select jsonb_agg(attname) from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped),
      'triggers', coalesce((select jsonb_agg(tgname order by tgname collate "C") from pg_trigger t where t.tgrelid = c.oid and not tgisinternal), '[]'),
      'policies', coalesce((select jsonb_agg(polname) from pg_policy p where p.polrelid = c.oid), '[]')))
    from pg_class c join platform_schemas n on n.oid = c.relnamespace where relkind in ('r', 'p', 'v', 'S')),
  'publications', (select jsonb_object_agg(pubname, jsonb_build_object('owner', pubowner::regrole::text, 'delete', pubdelete,
      'insert', pubinsert, 'update', pubupdate, 'truncate', pubtruncate, 'allTables', puballtables,
      'tables', coalesce((select jsonb_agg(prrelid::regclass::text) from pg_publication_rel r where r.prpubid = p.oid), '[]')))
    from pg_publication p),
  'databases', (select jsonb_object_agg(datname, jsonb_build_object('owner', datdba::regrole::text, 'ctype', datctype,
      'collate', datcollate, 'locale', datlocale, 'encoding', pg_encoding_to_char(encoding),
      'provider', case datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
      'connectionLimit', datconnlimit, 'acl', datacl::text[])) from pg_database),
  'databaseSettings', coalesce((select jsonb_object_agg(setdatabase || ' ' || setrole::regrole, setconfig)
    from pg_db_role_setting where setdatabase <> 0), '{}'),
  'parameterPrivileges', coalesce((select jsonb_object_agg(parname, paracl::text[]) from pg_parameter_acl), '{}'),
  -- Those whose ACL is not what initdb left are told apart by pg_init_privs.
  'systemFunctions', (select jsonb_object_agg(p.oid::regprocedure::text, jsonb_build_object('owner', proowner::regrole::text,
      'acl', proacl::text[], 'changed', proacl is distinct from initprivs))
    from pg_proc p join pg_init_privs i on i.classoid = 'pg_proc'::regclass and i.objoid = p.oid
    where pronamespace = 'pg_catalog'::regnamespace),
  'settings', (select jsonb_object_agg(name, case when unit = 'ms' then setting else current_setting(name) end) from pg_settings)
) as document
