-- migrate: was b71e52bd905e4f6cf6ed08be93a9d31e1ad9592b0278ecc3d6389f955ec3c617
-- The private schema every environment has: its settings, and the functions that keep a foreign catalog in step with the
-- database that owns it. Nothing here names a table of an application: other projects copy this file as it is.
create schema if not exists environment;
--> statement-breakpoint
create table if not exists environment.settings (
  name text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);
--> statement-breakpoint
revoke all on schema environment from public;
--> statement-breakpoint
revoke all on environment.settings from public;
--> statement-breakpoint
comment on schema environment is 'What this environment is: settings and maintenance functions. Owner only.';
--> statement-breakpoint
comment on table environment.settings is 'One row per setting. No row named "catalog" means that the catalog is local.';
--> statement-breakpoint
create or replace function environment.catalog_mode() returns text
language plpgsql stable set search_path = ''
as $function$
declare
  mode text := (select s.value #>> '{}' from environment.settings s where s.name = 'catalog');
begin
  if coalesce(mode, 'local') not in ('local', 'foreign', 'snapshot') then
    raise exception using errcode = '22023',
      message = format('environment.settings: catalog is %L', mode),
      hint = 'Set it to "local" (tables of this database), "foreign" (tables of another one) or "snapshot" (a copy of those).';
  end if;
  return coalesce(mode, 'local');
end
$function$;
--> statement-breakpoint
comment on function environment.catalog_mode() is 'Where the catalog lives: local, foreign, or snapshot (local tables, filled from another database).';
--> statement-breakpoint
create or replace function environment.catalog_source() returns jsonb
language plpgsql stable set search_path = ''
as $function$
declare
  source jsonb := (select s.value from environment.settings s where s.name = 'catalog_source');
  missing text;
begin
  select string_agg(k, ', ') into missing
  from unnest(array['server', 'remoteSchema', 'localSchema', 'user', 'vaultSecret', 'roles', 'options']) k
  where not coalesce(source, '{}'::jsonb) ? k;
  if missing is not null then
    raise exception using errcode = '22023',
      message = 'environment.settings: catalog_source lacks ' || missing,
      hint = 'A foreign catalog needs it. It is written before the migrations run.';
  end if;
  return source;
end
$function$;
--> statement-breakpoint
comment on function environment.catalog_source() is 'The database a foreign catalog is read from; never its password.';
--> statement-breakpoint
-- One key for everything below: two sessions never rearrange the same catalog at once.
create or replace function environment.lock_catalog() returns void
language plpgsql set search_path = ''
as $function$
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('environment.catalog', 0));
end
$function$;
--> statement-breakpoint
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
--> statement-breakpoint
comment on function environment.ensure_catalog_server(jsonb) is
  'Creates or reconciles the foreign server; returns what it changed, options by name only.';
--> statement-breakpoint
-- Runs one statement that carries a password. Nothing of it may reach a log or an error: what fails inside is caught
-- before it is written, and only its SQLSTATE goes on. Waits are for the caller, who has the locks before.
create or replace function environment.execute_secret(statement text) returns text
language plpgsql set search_path = ''
as $function$
begin
  execute statement;
  return '00000';
exception
  when query_canceled or assert_failure or others then
    return sqlstate;
end
$function$;
--> statement-breakpoint
-- pg_stat_statements keeps nested utility statements in clear when it tracks all of them; they are removed again.
create or replace function environment.forget_secret_statements() returns void
language plpgsql set search_path = ''
as $function$
declare
  home text;
begin
  if coalesce(current_setting('pg_stat_statements.track', true), 'none') <> 'all' then
    return;
  end if;
  select format('%I', n.nspname) into home
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_stat_statements';
  if home is null then
    return;
  end if;
  execute format($query$
    select %1$s.pg_stat_statements_reset(s.userid, s.dbid, s.queryid) from %1$s.pg_stat_statements s
    where s.query ~* '^\s*(create|alter)\s+user\s+mapping\M'
  $query$, home);
exception
  when insufficient_privilege then
    raise warning 'pg_stat_statements tracks nested statements and this role may not remove them'
      using hint = 'Set pg_stat_statements.track to top, or grant EXECUTE on pg_stat_statements_reset to this role.';
end
$function$;
--> statement-breakpoint
-- The mapping is made or locked by a statement without the password, which may wait; the one with it then never does. A
-- session that is ended while it waits logs the statement it waits in, and no exception block can catch that.
create or replace function environment.set_catalog_mapping(server_name text, role_name text, user_name text, password text)
returns text
language plpgsql set search_path = '' set lock_timeout = '20ms'
as $function$
declare
  target constant text := format('user mapping for %I server %I', role_name, server_name);
  deadline constant timestamptz := clock_timestamp() + interval '10 seconds';
  held boolean;
  answer text;
begin
  loop
    held := exists (select 1 from pg_catalog.pg_user_mappings m where m.srvname = server_name and m.usename = role_name);
    if held then
      answer := environment.execute_secret(format('alter %s options (set user %L)', target, user_name));
      if answer = '42704' then
        answer := environment.execute_secret(format('alter %s options (add user %L)', target, user_name));
      end if;
    else
      answer := environment.execute_secret(format('create %s options (user %L)', target, user_name));
    end if;
    exit when answer = '00000';
    -- Another session holds this mapping (55P03), has just made it (42710) or just changed it (XX000).
    if answer not in ('55P03', '42710', 'XX000', '40P01') or clock_timestamp() > deadline then
      exit;
    end if;
    perform pg_catalog.pg_sleep(0.1);
  end loop;
  -- The value of the mapping stays in these statements; never raise, log or return it.
  if answer = '00000' then
    answer := environment.execute_secret(format('alter %s options (%s password %L)', target,
      case when held then 'set' else 'add' end, password));
    if answer = '42704' then
      -- It has none yet, and nobody may read that.
      answer := environment.execute_secret(format('alter %s options (add password %L)', target, password));
    end if;
  end if;
  perform environment.forget_secret_statements();
  if answer <> '00000' then
    raise exception using errcode = answer,
      message = format('Mapping of role %I on server %I: could not be written (SQLSTATE %s)', role_name, server_name, answer),
      hint = 'The statement holds a password, so its text and message are withheld.';
  end if;
  return case when held then 'set' else 'create' end;
end
$function$;
--> statement-breakpoint
create or replace function environment.ensure_catalog_mappings(source jsonb) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  server_name constant text := source ->> 'server';
  secret constant text := source ->> 'vaultSecret';
  password text;
  role_name text;
  changes jsonb := '[]';
begin
  perform environment.lock_catalog();
  if to_regclass('vault.decrypted_secrets') is not null then
    execute 'select s.decrypted_secret from vault.decrypted_secrets s where s.name = $1' into password using secret;
  end if;
  if coalesce(password, '') = '' then
    raise exception using errcode = 'P0001',
      message = format('Server %I: the Vault holds no secret named %L', server_name, secret),
      hint = format('Store the reader''s password in the Vault as %L, then run this again.', secret);
  end if;
  for role_name in select jsonb_array_elements_text(source -> 'roles') loop
    changes := changes || jsonb_build_object('role', role_name, 'change',
      environment.set_catalog_mapping(server_name, role_name, source ->> 'user', password));
  end loop;
  password := null;
  for role_name in
    select m.usename from pg_catalog.pg_user_mappings m
    where m.srvname = server_name and not (source -> 'roles') ? m.usename
  loop
    execute format('drop user mapping for %s server %I',
      case role_name when 'public' then 'public' else format('%I', role_name) end, server_name);
    changes := changes || jsonb_build_object('role', role_name, 'change', 'drop');
  end loop;
  return changes;
end
$function$;
--> statement-breakpoint
comment on function environment.ensure_catalog_mappings(jsonb) is
  'Maps every reading role to the reader, with the password the Vault holds; returns what it changed.';
--> statement-breakpoint
create or replace function environment.refuse_local_catalog(source jsonb, tables text[]) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  item record;
  filled text[] := '{}';
  empty text[] := '{}';
  has_rows boolean;
begin
  perform environment.lock_catalog();
  for item in
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (source ->> 'localSchema', 'public') and c.relname = any (tables)
      and c.relkind not in ('f', 'i', 'I', 'S', 'c')
    order by 1
  loop
    if item.relkind not in ('r', 'p') then
      raise exception using errcode = '55000', message = format('%s is in the way of a foreign catalog', item.name),
        hint = 'It is no table. Rename or drop it, then run this again.';
    end if;
    execute format('lock table %s in access exclusive mode', item.name);
    execute format('select exists (select 1 from %s)', item.name) into has_rows;
    if has_rows then filled := filled || item.name; else empty := empty || item.name; end if;
  end loop;
  if filled <> '{}' then
    raise exception using errcode = '55000',
      message = format('This database holds catalog rows of its own: %s', array_to_string(filled, ', ')),
      detail = 'A foreign catalog would shadow them, and nothing here drops them.',
      hint = 'Keep the catalog local (setting catalog = "local"), or export the rows and empty these tables, then run this again.';
  end if;
  if empty <> '{}' then
    execute format('drop table %s restrict', array_to_string(empty, ', '));
  end if;
  return to_jsonb(empty);
end
$function$;
--> statement-breakpoint
comment on function environment.refuse_local_catalog(jsonb, text[]) is
  'The guard: refuses where local tables of these names hold rows, drops them where they are empty; returns the dropped.';
--> statement-breakpoint
create or replace function environment.define_foreign_table(source jsonb, table_name text, columns text) returns void
language plpgsql set search_path = ''
as $function$
begin
  execute format('create foreign table if not exists %I.%I (%s) server %I options (schema_name %L, table_name %L)',
    source ->> 'localSchema', table_name, columns, source ->> 'server', source ->> 'remoteSchema', table_name);
end
$function$;
--> statement-breakpoint
comment on function environment.define_foreign_table(jsonb, text, text) is
  'Defines one foreign table from its columns, without contacting the other side.';
--> statement-breakpoint
-- The columns of the tables of one schema, in a form two sides can be compared in.
create or replace function environment.describe_columns(schema_name text, tables text[]) returns jsonb
language sql stable set search_path = ''
as $function$
  select coalesce(jsonb_object_agg(t.name, t.columns), '{}')
  from (
    select c.relname as name, coalesce(jsonb_object_agg(a.attname, jsonb_build_object(
      'position', a.attnum,
      'type', format_type(a.atttypid, a.atttypmod)
        || case when a.attcollation <> y.typcollation then format(' collate %I.%I', cn.nspname, co.collname) else '' end,
      'notNull', a.attnotnull,
      'remoteName', coalesce((select o.option_value from pg_catalog.pg_options_to_table(a.attfdwoptions) o
        where o.option_name = 'column_name'), a.attname)
    )) filter (where a.attname is not null), '{}') as columns
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_type y on y.oid = a.atttypid
    left join pg_catalog.pg_collation co on co.oid = a.attcollation
    left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
    where n.nspname = schema_name and c.relname = any (tables) and c.relkind = 'f'
    group by c.relname
  ) t
$function$;
--> statement-breakpoint
-- The catalogs of the other side as foreign tables, in a schema of their own that the caller rolls back. They describe a
-- table in full, its types included; an import cannot, where this database lacks one of them.
create or replace function environment.open_remote_catalogs(source jsonb) returns text
language plpgsql set search_path = ''
as $function$
declare
  scratch constant text := format('environment_look_%s', pg_backend_pid());
  item record;
begin
  execute format('create schema %I', scratch);
  for item in
    -- Names as text: a comparison of type name would not be carried out there, but here, after fetching everything.
    select * from (values
      ('pg_catalog', 'pg_namespace', 'oid oid, nspname text'),
      ('pg_catalog', 'pg_class', 'oid oid, relname text, relnamespace oid, relkind "char", relowner oid, relrowsecurity boolean, reltuples real'),
      ('pg_catalog', 'pg_attribute', 'attrelid oid, attname text, atttypid oid, atttypmod int4, attnum int2, attnotnull boolean, attisdropped boolean, attcollation oid'),
      ('pg_catalog', 'pg_type', 'oid oid, typname text, typnamespace oid, typtype "char", typelem oid, typbasetype oid, typtypmod int4'),
      ('pg_catalog', 'pg_collation', 'oid oid, collname text, collnamespace oid'),
      ('pg_catalog', 'pg_roles', 'oid oid, rolname text'),
      ('pg_catalog', 'pg_policies', 'schemaname text, tablename text, policyname text, permissive text, roles text[], cmd text, qual text'),
      ('information_schema', 'table_privileges', 'table_schema text, table_name text, privilege_type text'),
      ('information_schema', 'enabled_roles', 'role_name text')
    ) t (remote_schema, name, columns)
  loop
    execute format('create foreign table %I.%I (%s) server %I options (schema_name %L, table_name %L, fetch_size %L, use_remote_estimate %L)',
      scratch, item.name, item.columns, source ->> 'server', item.remote_schema, item.name, '5000', 'false');
  end loop;
  return scratch;
end
$function$;
--> statement-breakpoint
-- Types of the other side that are not the same in every database, by their oid there, with all they are made of.
create or replace function environment.read_remote_types(scratch text, wanted oid[]) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  types jsonb := '{}';
  found_there jsonb;
begin
  while wanted <> '{}' loop
    execute format($query$
      select coalesce(jsonb_object_agg(t.oid, jsonb_build_object('kind', t.typtype, 'schema', n.nspname, 'name', t.typname,
        'element', t.typelem, 'base', t.typbasetype, 'typmod', t.typtypmod)), '{}')
      from %1$I.pg_type t join %1$I.pg_namespace n on n.oid = t.typnamespace where t.oid = any ($1)
    $query$, scratch) into found_there using wanted;
    types := types || found_there;
    select coalesce(array_agg(distinct o.oid), '{}') into wanted
    from jsonb_each(found_there) t
    cross join lateral (values ((t.value ->> 'element')::oid), ((t.value ->> 'base')::oid)) o (oid)
    where o.oid >= 10000 and not types ? o.oid::text;
  end loop;
  return types;
end
$function$;
--> statement-breakpoint
-- The type a column of the other side has here: {type, base}, base being set where the type has to be made. An enum
-- travels as text, a domain as what it is over, so that no label or check that is added there breaks a read here. Where a
-- comparison would mean something else there (an enum has its own order and no text operators), the type is a domain of
-- this database: the wrapper then compares here.
create or replace function environment.travelled_type(type_oid oid, typmod int, types jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $function$
declare
  -- Below 10000 an oid means the same in every database.
  entry constant jsonb := types -> type_oid::text;
  element constant jsonb := types -> (entry ->> 'element');
  named text;
  inner_type jsonb;
begin
  if type_oid < 10000 then
    return jsonb_build_object('type', format_type(type_oid, typmod));
  elsif entry ->> 'kind' = 'd' then
    return environment.travelled_type((entry ->> 'base')::oid, (entry ->> 'typmod')::int, types);
  elsif entry ->> 'kind' = 'e' then
    return environment.opaque_type('text');
  elsif element ->> 'kind' in ('d', 'e') then
    inner_type := environment.travelled_type((entry ->> 'element')::oid, -1, types);
    return environment.opaque_type(coalesce(inner_type ->> 'base', inner_type ->> 'type') || '[]');
  end if;
  named := case when element is null then format('%I.%I', entry ->> 'schema', entry ->> 'name')
    else format('%I.%I[]', element ->> 'schema', element ->> 'name') end;
  if to_regtype(named) is null then
    raise exception using errcode = '42704', message = format('type %s', named);
  end if;
  return jsonb_build_object('type', format_type(to_regtype(named), typmod));
end
$function$;
--> statement-breakpoint
create or replace function environment.opaque_type(base text) returns jsonb
language sql immutable set search_path = ''
as $function$
  select jsonb_build_object('base', base, 'type', format('environment.%I',
    'opaque_' || trim(both '_' from regexp_replace(replace(base, '[]', '_list'), '[^a-z0-9]+', '_', 'g'))))
$function$;
--> statement-breakpoint
create or replace function environment.ensure_opaque_types(remote jsonb) returns void
language plpgsql set search_path = ''
as $function$
declare
  item record;
begin
  for item in
    select distinct c.value ->> 'type' as name, c.value ->> 'base' as base
    from jsonb_each(remote) t cross join lateral jsonb_each(t.value) c where c.value ->> 'base' is not null
  loop
    if to_regtype(item.name) is null then
      execute format('create domain %s as %s', item.name, item.base);
      execute format('comment on domain %s is %L', item.name, 'Stands for a type of another database. It is never compared there.');
    end if;
  end loop;
end
$function$;
--> statement-breakpoint
select environment.ensure_opaque_types('{"": {
  "one": {"base": "text", "type": "environment.opaque_text"},
  "list": {"base": "text[]", "type": "environment.opaque_text_list"}}}');
--> statement-breakpoint
-- The collation a column needs beyond that of its type, as a clause; empty for most.
create or replace function environment.remote_collation(scratch text, collation_oid oid, local_type text) returns text
language plpgsql set search_path = ''
as $function$
declare
  own constant oid := (select y.typcollation from pg_catalog.pg_type y where y.oid = to_regtype(local_type));
  named text;
begin
  if collation_oid = 0 or coalesce(own, 0) in (0, collation_oid) then
    return '';
  end if;
  execute format($query$
    select format('%%I.%%I', n.nspname, c.collname) from %1$I.pg_collation c
    join %1$I.pg_namespace n on n.oid = c.collnamespace where c.oid = $1
  $query$, scratch) into named using collation_oid;
  return ' collate ' || named;
end
$function$;
--> statement-breakpoint
create or replace function environment.read_remote_columns(source jsonb, tables text[], scratch text) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  shape jsonb;
  relations jsonb;
  columns jsonb;
  types jsonb;
  item record;
  local_type jsonb;
begin
  execute format($query$
    select jsonb_object_agg(c.oid, c.relname) from %1$I.pg_class c join %1$I.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = any ($2) and c.relkind = any ('{r,p,v,m,f}')
  $query$, scratch) into relations using source ->> 'remoteSchema', tables;
  execute format($query$
    select coalesce(jsonb_agg(to_jsonb(a)), '[]') from %1$I.pg_attribute a
    where a.attrelid = any ($1) and a.attnum > 0 and not a.attisdropped
  $query$, scratch) into columns using (select array_agg(k::oid) from jsonb_object_keys(relations) k);
  types := environment.read_remote_types(scratch, (
    select coalesce(array_agg(distinct (a ->> 'atttypid')::oid), '{}') from jsonb_array_elements(columns) a
    where (a ->> 'atttypid')::oid >= 10000));
  select coalesce(jsonb_object_agg(r.value, '{}'::jsonb), '{}') into shape from jsonb_each_text(relations) r;
  for item in
    select relations ->> a.attrelid::text as relation, a.*
    from jsonb_to_recordset(columns) as a (attrelid oid, attname text, atttypid oid, atttypmod int, attnum int, attnotnull boolean, attcollation oid)
  loop
    begin
      local_type := environment.travelled_type(item.atttypid, item.atttypmod, types);
    exception when undefined_object then
      raise exception using errcode = '42704',
        message = format('%s.%s of server %I has %s, which this database lacks', item.relation, item.attname, source ->> 'server', sqlerrm),
        hint = 'Use a type that every database has there, or create the type here by a migration.';
    end;
    shape := jsonb_set(shape, array[item.relation, item.attname], jsonb_strip_nulls(jsonb_build_object(
      'position', item.attnum, 'notNull', item.attnotnull, 'remoteName', item.attname, 'base', local_type -> 'base',
      'type', (local_type ->> 'type') || case when local_type ? 'base' then ''
        else environment.remote_collation(scratch, item.attcollation, local_type ->> 'type') end)));
  end loop;
  return shape;
end
$function$;
--> statement-breakpoint
-- What the other side looks like now. The look happens in a schema that is rolled back with the subtransaction, so that
-- nothing of it stays, whatever happens.
create or replace function environment.describe_remote(source jsonb, tables text[]) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  shape jsonb;
  missing text;
begin
  begin
    shape := environment.read_remote_columns(source, tables, environment.open_remote_catalogs(source));
    raise exception using errcode = 'ENV01', message = 'the look is rolled back';
  exception
    when sqlstate 'ENV01' then null;
  end;
  select string_agg(t, ', ' order by t) into missing from unnest(tables) t where not shape ? t;
  if missing is not null then
    raise exception using errcode = 'HV00R',
      message = format('Server %I, schema %s, lacks: %s', source ->> 'server', source ->> 'remoteSchema', missing),
      hint = 'Bring that database up to date first (run its migrations), then run this again.';
  end if;
  return shape;
end
$function$;
--> statement-breakpoint
create or replace function environment.compare_columns(table_name text, remote jsonb, local jsonb) returns jsonb
language sql immutable set search_path = ''
as $function$
  with pairs as (
    select coalesce(r.key, l.key) as name, r.value as remote, l.value as local
    from jsonb_each(remote) r full join jsonb_each(local) l on l.key = r.key
  ), differences as (
    select name, 0 as rank, (local ->> 'position')::int as position, 'drop column' as change, null as remote, local ->> 'type' as local
    from pairs where remote is null
    union all
    select name, 1, (remote ->> 'position')::int, 'add column',
      (remote ->> 'type') || case when (remote -> 'notNull')::boolean then ' not null' else '' end, null
    from pairs where local is null
    union all
    select name, 2, (local ->> 'position')::int, 'set type', remote ->> 'type', local ->> 'type'
    from pairs where remote ->> 'type' <> local ->> 'type'
    union all
    select name, 3, (local ->> 'position')::int, 'set not null', remote ->> 'notNull', local ->> 'notNull'
    from pairs where remote ->> 'notNull' <> local ->> 'notNull'
    union all
    select name, 4, (local ->> 'position')::int, 'set remote column', name, local ->> 'remoteName'
    from pairs where remote is not null and local ->> 'remoteName' <> name
  )
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('table', table_name, 'column', name, 'change', change,
    'remote', remote, 'local', local)) order by rank, position, name), '[]')
  from differences
$function$;
--> statement-breakpoint
-- Differences that concern a whole table: absent, of another server, or pointing to another remote name.
create or replace function environment.compare_table(source jsonb, table_name text) returns jsonb
language plpgsql stable set search_path = ''
as $function$
declare
  held record;
  pointed text;
  wanted constant text := format('%s.%s', source ->> 'remoteSchema', table_name);
begin
  select c.relkind, s.srvname, f.ftoptions into held
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
  left join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
  where n.nspname = source ->> 'localSchema' and c.relname = table_name;
  if not found then
    return jsonb_build_array(jsonb_build_object('table', table_name, 'change', 'create table', 'remote', wanted));
  end if;
  if held.relkind <> 'f' then
    raise exception using errcode = '55000',
      message = format('%I.%I is no foreign table, and is not replaced by one', source ->> 'localSchema', table_name),
      hint = 'Keep the catalog local, or export its rows and drop it, then run this again.';
  end if;
  if held.srvname <> source ->> 'server' then
    return jsonb_build_array(jsonb_build_object('table', table_name, 'change', 'set server',
      'remote', source ->> 'server', 'local', held.srvname));
  end if;
  select format('%s.%s', coalesce(max(o.option_value) filter (where o.option_name = 'schema_name'), source ->> 'localSchema'),
    coalesce(max(o.option_value) filter (where o.option_name = 'table_name'), table_name))
  into pointed from pg_catalog.pg_options_to_table(held.ftoptions) o;
  if pointed <> wanted then
    return jsonb_build_array(jsonb_build_object('table', table_name, 'change', 'set remote table', 'remote', wanted, 'local', pointed));
  end if;
  return '[]';
end
$function$;
--> statement-breakpoint
-- The part of an ALTER or CREATE FOREIGN TABLE that one difference of compare_columns asks for.
create or replace function environment.column_clause(difference jsonb) returns text
language sql immutable set search_path = ''
as $function$
  select case difference ->> 'change'
    when 'drop column' then format('drop column %I restrict', difference ->> 'column')
    when 'add column' then format('add column %I %s', difference ->> 'column', difference ->> 'remote')
    when 'set type' then format('alter column %I type %s', difference ->> 'column', difference ->> 'remote')
    when 'set not null' then format('alter column %I %s not null', difference ->> 'column',
      case difference ->> 'remote' when 'true' then 'set' else 'drop' end)
    when 'set remote column' then format('alter column %I options (drop column_name)', difference ->> 'column')
  end
$function$;
--> statement-breakpoint
create or replace function environment.create_foreign_table(source jsonb, table_name text, remote jsonb) returns void
language plpgsql set search_path = ''
as $function$
begin
  perform environment.define_foreign_table(source, table_name, (
    select string_agg(format('%I %s%s', c.key, c.value ->> 'type',
      case when (c.value -> 'notNull')::boolean then ' not null' else '' end), ', ' order by (c.value ->> 'position')::int)
    from jsonb_each(remote) c));
end
$function$;
--> statement-breakpoint
-- Brings one foreign table to the remote shape. Altered in place, so that views, functions, grants and comments stay.
create or replace function environment.align_foreign_table(source jsonb, table_name text, remote jsonb, differences jsonb)
returns void
language plpgsql set search_path = ''
as $function$
declare
  relation constant text := format('%I.%I', source ->> 'localSchema', table_name);
  clauses text := (select string_agg(environment.column_clause(d.value), ', ' order by d.ordinality)
    from jsonb_array_elements(differences) with ordinality d);
  blocked_by text;
begin
  case differences #>> '{0,change}'
    when 'create table' then
      perform environment.create_foreign_table(source, table_name, remote);
    when 'set server' then
      execute format('drop foreign table %s restrict', relation);
      perform environment.create_foreign_table(source, table_name, remote);
    when 'set remote table' then
      perform environment.point_foreign_table(source, table_name);
    else
      execute format('alter foreign table %s %s', relation, clauses);
  end case;
exception
  when dependent_objects_still_exist or feature_not_supported then
    get stacked diagnostics blocked_by = pg_exception_detail;
    raise exception using errcode = sqlstate,
      message = format('%s cannot follow its remote table: objects of this database depend on it', relation),
      detail = coalesce(nullif(blocked_by, ''), sqlerrm),
      hint = 'Nothing was changed. Change or drop what is named, then run this again.';
end
$function$;
--> statement-breakpoint
create or replace function environment.point_foreign_table(source jsonb, table_name text) returns void
language plpgsql set search_path = ''
as $function$
declare
  relation constant text := format('%I.%I', source ->> 'localSchema', table_name);
  held text[] := (
    select array_agg(o.option_name) from pg_catalog.pg_foreign_table f
    cross join lateral pg_catalog.pg_options_to_table(f.ftoptions) o where f.ftrelid = relation::regclass);
begin
  execute format('alter foreign table %s options (%s schema_name %L, %s table_name %L)', relation,
    case when 'schema_name' = any (held) then 'set' else 'add' end, source ->> 'remoteSchema',
    case when 'table_name' = any (held) then 'set' else 'add' end, table_name);
end
$function$;
--> statement-breakpoint
create or replace function environment.sync_foreign_tables(source jsonb, tables text[], dry_run boolean) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  local_schema constant text := source ->> 'localSchema';
  remote jsonb;
  local jsonb;
  found_here jsonb;
  differences jsonb := '[]';
  table_name text;
begin
  if coalesce(cardinality(tables), 0) = 0 then
    raise exception using errcode = '22023', message = 'No table is named', hint = 'Name the tables to publish.';
  end if;
  perform environment.lock_catalog();
  remote := environment.describe_remote(source, tables);
  if not dry_run then
    perform environment.ensure_schema(local_schema);
    perform environment.ensure_opaque_types(remote);
  end if;
  foreach table_name in array (select array_agg(t order by t) from unnest(tables) t) loop
    found_here := environment.compare_table(source, table_name);
    if found_here #>> '{0,change}' in ('create table', 'set server') then
      local := null;
    else
      local := environment.describe_columns(local_schema, array[table_name]) -> table_name;
    end if;
    if found_here <> '[]' and not dry_run then
      perform environment.align_foreign_table(source, table_name, remote -> table_name, found_here);
    end if;
    differences := differences || found_here;
    continue when local is null;
    found_here := environment.compare_columns(table_name, remote -> table_name, local);
    if found_here <> '[]' and not dry_run then
      perform environment.align_foreign_table(source, table_name, remote -> table_name, found_here);
    end if;
    differences := differences || found_here;
  end loop;
  return differences;
end
$function$;
--> statement-breakpoint
comment on function environment.sync_foreign_tables(jsonb, text[], boolean) is
  'Compares the foreign tables with the tables they stand for and, unless dry_run, alters them in place; returns the differences.';
--> statement-breakpoint
create or replace function environment.ensure_schema(schema_name text) returns void
language plpgsql set search_path = ''
as $function$
begin
  if to_regnamespace(quote_ident(schema_name)) is null then
    execute format('create schema %I', schema_name);
  end if;
end
$function$;
--> statement-breakpoint
-- Leaves exactly: owner everything, each listed role SELECT on the tables and USAGE on the schema, others nothing.
create or replace function environment.grant_catalog(source jsonb, tables text[]) returns jsonb
language plpgsql set search_path = ''
as $function$
declare
  item record;
  changes jsonb := '[]';
begin
  perform environment.lock_catalog();
  for item in
    with objects as (
      select 'schema' as kind, format('%I', n.nspname) as name, n.nspowner as owner, n.nspacl as acl, 'USAGE' as wanted
      from pg_catalog.pg_namespace n where n.nspname = source ->> 'localSchema'
      union all
      select 'table', format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl, 'SELECT'
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = source ->> 'localSchema' and c.relname = any (tables)
    ), wanted as (
      select o.kind, o.name, r.rolname::text as role, o.wanted as privilege
      from objects o cross join pg_catalog.pg_roles r
      where (source -> 'roles') ? r.rolname and r.oid <> o.owner
    ), held as (
      select o.kind, o.name, case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end as role,
        a.privilege_type as privilege
      from objects o cross join lateral aclexplode(o.acl) a where a.grantee <> o.owner
    )
    select coalesce(w.kind, h.kind) as kind, coalesce(w.name, h.name) as name, coalesce(w.role, h.role) as role,
      coalesce(w.privilege, h.privilege) as privilege, h.role is null as grant_it
    from wanted w full join held h using (kind, name, role, privilege)
    where w.role is null or h.role is null
    order by 1, 2, 3, 4
  loop
    execute format('%s %s on %s %s %s %s', case when item.grant_it then 'grant' else 'revoke' end, item.privilege,
      item.kind, item.name, case when item.grant_it then 'to' else 'from' end,
      case item.role when 'public' then 'public' else format('%I', item.role) end);
    changes := changes || jsonb_build_object('change', case when item.grant_it then 'grant' else 'revoke' end,
      'privilege', lower(item.privilege), 'on', item.name, 'role', item.role);
  end loop;
  return changes;
end
$function$;
--> statement-breakpoint
comment on function environment.grant_catalog(jsonb, text[]) is
  'Lets the listed roles, and nobody else, read the catalog; returns what it changed.';
--> statement-breakpoint
revoke execute on all functions in schema environment from public;
