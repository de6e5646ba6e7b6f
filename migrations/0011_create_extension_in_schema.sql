-- What 0000_environment makes since version 0.2, for databases that recorded its earlier text: docs/decisions/0013.
create or replace function environment.ensure_catalog_server(source jsonb) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  server_name text := source ->> 'server';
  -- What comes through here is read only; the defaults answer before a round trip is made.
  wanted jsonb := '{"updatable": "false", "truncatable": "false"}'::jsonb || (source -> 'options');
  server pg_catalog.pg_foreign_server%rowtype;
  clauses text[] := '{}';
  changes jsonb := '[]';
  item record;
begin
  if exists (select 1 from jsonb_object_keys(wanted) k where k in ('user', 'password', 'sslpassword', 'passfile')) then
    raise exception using errcode = '22023', message = format('Server %I: credentials are no server options', server_name),
      hint = 'The user and the name of the Vault secret have keys of their own in catalog_source.';
  end if;
  if coalesce(wanted ->> 'sslmode', 'prefer') in ('disable', 'allow', 'prefer')
    and coalesce(wanted ->> 'host', '') !~ '^(127\.|localhost$|::1$)' then
    raise exception using errcode = '22023', message = format('Server %I: sslmode %s could send rows and password in clear',
      server_name, coalesce(wanted ->> 'sslmode', 'prefer')), hint = 'Less than require is for this machine only.';
  end if;
  perform environment.lock_catalog();
  -- Without a schema it would go where search_path leads, which is nowhere here (3F000).
  if not exists (select 1 from pg_catalog.pg_extension where extname = 'postgres_fdw') then
    execute format('create extension postgres_fdw with schema %I',
      case when to_regnamespace('extensions') is null then 'public' else 'extensions' end);
  end if;
  if not pg_catalog.has_foreign_data_wrapper_privilege('postgres_fdw', 'USAGE') then
    raise exception using errcode = '42501',
      message = format('Server %I: role %I may not use the wrapper postgres_fdw', server_name, current_user),
      hint = 'The platform grants it to postgres when that creates the extension: drop extension postgres_fdw and run this again as postgres, or ask support.';
  end if;
  select s.* into server from pg_catalog.pg_foreign_server s where s.srvname = server_name;
  if server.oid is null then
    select array_agg(format('%I %L', o.key, o.value) order by o.key) into clauses from jsonb_each_text(wanted) o;
    execute format('create server %I foreign data wrapper postgres_fdw options (%s)', server_name, array_to_string(clauses, ', '));
    return jsonb_build_array(jsonb_build_object('change', 'create server'));
  end if;
  for item in
    select coalesce(w.key, h.option_name) as name, w.value as wanted, h.option_value as held
    from jsonb_each_text(wanted) w
    full join pg_catalog.pg_options_to_table(server.srvoptions) h on h.option_name = w.key
    where w.value is distinct from h.option_value
    order by 1
  loop
    clauses := clauses || case
      when item.held is null then format('add %I %L', item.name, item.wanted)
      when item.wanted is null then format('drop %I', item.name)
      else format('set %I %L', item.name, item.wanted) end;
    changes := changes || jsonb_build_object('option', item.name, 'change',
      case when item.held is null then 'add' when item.wanted is null then 'drop' else 'set' end);
  end loop;
  if clauses <> '{}' then
    execute format('alter server %I options (%s)', server_name, array_to_string(clauses, ', '));
  end if;
  -- USAGE on the server lets a role read the password of its own mapping.
  for item in
    select distinct case a.grantee when 0 then 'public' else format('%I', pg_get_userbyid(a.grantee)) end as grantee
    from aclexplode(server.srvacl) a where a.grantee <> server.srvowner
  loop
    execute format('revoke all on foreign server %I from %s', server_name, item.grantee);
    changes := changes || jsonb_build_object('change', 'revoke usage', 'role', item.grantee);
  end loop;
  return changes;
end
$function$;
