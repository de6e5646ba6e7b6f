-- Replaces functions of 0000_environment; nothing here names a table of an application. Projects that copied that file
-- copy this one as well.
-- Any login may take an advisory lock, and keep everybody else from the catalog by it. Only the owner may lock this table.
create table if not exists environment.locks (name text primary key);
--> statement-breakpoint
revoke all on environment.locks from public;
--> statement-breakpoint
comment on table environment.locks is 'Locked by what rearranges the catalog; holds no rows.';
--> statement-breakpoint
create or replace function environment.lock_catalog() returns void
language plpgsql set search_path = ''
as $function$
begin
  lock table environment.locks in exclusive mode;
end
$function$;
--> statement-breakpoint
-- Statement statistics that track nested statements would keep one that holds a password. `set_config` and a SET clause
-- of the function are refused on the platform; what is set here lasts until it is set again, or the transaction ends.
create or replace function environment.hide_statements() returns text
language plpgsql set search_path = ''
as $function$
begin
  if coalesce(current_setting('pg_stat_statements.track', true), 'none') <> 'all' then
    return 'nothing to hide from';
  end if;
  set local pg_stat_statements.track = 'none';
  return 'hidden';
exception
  when insufficient_privilege then
    return 'refused';
end
$function$;
--> statement-breakpoint
comment on function environment.hide_statements() is
  'Keeps what follows in this transaction out of nested statement statistics: hidden, refused, or nothing to hide from.';
--> statement-breakpoint
create or replace function environment.show_statements(hidden text) returns void
language plpgsql set search_path = ''
as $function$
begin
  if hidden = 'hidden' then
    set local pg_stat_statements.track = 'all';
  elsif hidden = 'refused' then
    perform environment.forget_secret_statements();
  end if;
end
$function$;
--> statement-breakpoint
comment on function environment.show_statements(text) is
  'Ends what environment.hide_statements began; takes its answer. Where hiding was refused, removes what was recorded.';
--> statement-breakpoint
create or replace function environment.forget_secret_statements() returns void
language plpgsql set search_path = ''
as $function$
declare
  home text;
  removed bigint;
begin
  select format('%I', n.nspname) into home
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_stat_statements';
  if home is null then
    raise warning 'pg_stat_statements records nested statements, one that held a secret among them, and is not installed here to remove it'
      using hint = format('Set pg_stat_statements.track to top, or: grant set on parameter pg_stat_statements.track to %I', current_user);
    return;
  end if;
  execute format($query$
    select count(*) from (
      select %1$s.pg_stat_statements_reset(s.userid, s.dbid, s.queryid) from %1$s.pg_stat_statements s
      where s.query ~* '^\s*(create|alter)\s+(user\s+mapping|role|user)\M.*password'
    ) removed
  $query$, home) into removed;
  if removed > 0 then
    raise warning 'pg_stat_statements recorded % statements that hold a secret; they were removed', removed
      using hint = format('Its file may hold them until the server rewrites it. Set pg_stat_statements.track to top, or: grant set on parameter pg_stat_statements.track to %I', current_user);
  end if;
exception
  when insufficient_privilege then
    raise warning 'pg_stat_statements records nested statements, one that held a secret among them, and this role may not remove it'
      using hint = 'Set pg_stat_statements.track to top, or grant EXECUTE on pg_stat_statements_reset to this role.';
end
$function$;
--> statement-breakpoint
create or replace function environment.set_catalog_mapping(server_name text, role_name text, user_name text, password text)
returns text
language plpgsql set search_path = '' set lock_timeout = '20ms'
as $function$
declare
  target constant text := format('user mapping for %I server %I', role_name, server_name);
  deadline constant timestamptz := clock_timestamp() + interval '10 seconds';
  -- A statement_timeout that falls due together with the lock_timeout is lost, so it is looked at here as well.
  bound constant bigint := (select s.setting::bigint from pg_catalog.pg_settings s where s.name = 'statement_timeout');
  held boolean;
  hidden text;
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
    -- Another session holds this mapping (55P03), has just made it (42710, 23505) or just changed it (XX000).
    exit when answer not in ('55P03', '42710', '23505', 'XX000', '40P01') or clock_timestamp() > deadline;
    if bound > 0 and clock_timestamp() > statement_timestamp() + bound * interval '1 millisecond' then
      answer := '57014';
      exit;
    end if;
    perform pg_catalog.pg_sleep(0.1);
  end loop;
  -- The value of the mapping stays in these statements; never raise, log or return it.
  if answer = '00000' then
    hidden := environment.hide_statements();
    answer := environment.execute_secret(format('alter %s options (%s password %L)', target,
      case when held then 'set' else 'add' end, password));
    if answer = '42704' then
      -- It has none yet, and nobody may read that.
      answer := environment.execute_secret(format('alter %s options (add password %L)', target, password));
    end if;
    perform environment.show_statements(hidden);
  end if;
  if answer <> '00000' then
    raise exception using errcode = answer,
      message = format('Mapping of role %I on server %I: could not be written (SQLSTATE %s)', role_name, server_name, answer),
      hint = 'The statement holds a password, so its text and message are withheld.';
  end if;
  return case when held then 'set' else 'create' end;
end
$function$;
--> statement-breakpoint
revoke execute on all functions in schema environment from public;
