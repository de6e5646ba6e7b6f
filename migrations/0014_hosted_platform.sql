-- Who reads the catalog is said by grants alone. A project whose dashboard switched automatic row-level security on
-- (event trigger ensure_rls) got it for every table made in "public", and the cruise tables took it along to "catalog",
-- without a policy: everybody but the owner read no rows. A table with a policy for those who may read it is left alone.
do $migration$
declare
  tables constant text[] := array[
    'cruise_alternate_sailings',
    'cruise_cabin_images',
    'cruise_ftp_file_sync',
    'cruise_lines',
    'cruise_ports',
    'cruise_regions',
    'cruise_sailing_cabin_prices',
    'cruise_sailing_regions',
    'cruise_sailing_stops',
    'cruise_sailings',
    'cruise_ship_cabin_types',
    'cruise_ship_decks',
    'cruise_ship_images',
    'cruise_ships',
    'cruise_sync_history',
    'cruise_sync_raw'
  ];
  table_name text;
begin
  if environment.catalog_mode() = 'foreign' then
    return;
  end if;
  for table_name in
    select c.relname from pg_catalog.pg_class c
    where c.relnamespace = to_regnamespace('catalog') and c.relname = any (tables) and c.relkind in ('r', 'p')
      and c.relrowsecurity and not exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = c.oid and (0 = any (p.polroles) or 'authenticated'::regrole::oid = any (p.polroles)))
    order by c.relname
  loop
    execute format('alter table catalog.%I disable row level security', table_name);
  end loop;
end
$migration$;
--> statement-breakpoint
-- Auth's admin API deletes a row of auth.users, which takes the profile along. What the user made stays with the agency, so
-- a profile that still owns rows is kept. Auth answers 500 and writes this text to its log.
create function tenancy.refuse_owner_deletion() returns trigger
language plpgsql security definer set search_path = ''
as $function$
declare
  item record;
  held bigint;
  owned text[] := '{}';
begin
  for item in
    select format('%I.%I', n.nspname, t.relname) as name, a.attname as column_name
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_class t on t.oid = c.conrelid join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    cross join unnest(c.conkey, c.confkey) k (here, there)
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here
    join pg_catalog.pg_attribute r on r.attrelid = c.confrelid and r.attnum = k.there and r.attname = 'id'
    where c.contype = 'f' and c.confrelid = 'public.user_profiles'::regclass and c.confdeltype in ('a', 'r')
    order by 1, 2
  loop
    execute format('select count(*) from %s where %I = $1', item.name, item.column_name) into held using old.id;
    if held > 0 then
      owned := owned || format('%s.%s (%s)', item.name, item.column_name, held);
    end if;
  end loop;
  if owned <> '{}' then
    raise exception using errcode = '23503', constraint = 'user_profiles_owner_deletion',
      message = format('User %s still owns rows: %s', old.id, array_to_string(owned, ', ')),
      hint = 'Set the status of the profile to suspended, or give these rows to another user of the agency first.';
  end if;
  return old;
end
$function$;
--> statement-breakpoint
revoke execute on function tenancy.refuse_owner_deletion() from public;
--> statement-breakpoint
create trigger owner_deletion before delete on user_profiles
  for each row execute function tenancy.refuse_owner_deletion();
--> statement-breakpoint
-- A client may take the time-outs of its login off again, so whoever has the reader's password can hold a transaction, a
-- lock or temporary tables as long as it likes. This ends such sessions; a subscriber connects again by itself. Called from
-- a schedule (pg_cron, or any that reaches this database), by the owner of the schema only.
create or replace function environment.end_reader_sessions(reader text default 'fdw_catalog_ro', grace interval default '5 seconds')
returns table (login name, pid integer, reason text, ended boolean)
language plpgsql set search_path = ''
as $function$
begin
  return query
  with logins as (
    select r.oid, r.rolname,
      -- ReaderRole writes milliseconds.
      (select substr(c, 19)::bigint from unnest(r.rolconfig) c where c ~ '^statement_timeout=\d+$') as statement_ms,
      (select substr(c, 21)::bigint from unnest(r.rolconfig) c where c ~ '^transaction_timeout=\d+$') as transaction_ms,
      (select substr(c, 37)::bigint from unnest(r.rolconfig) c where c ~ '^idle_in_transaction_session_timeout=\d+$') as idle_ms
    from pg_catalog.pg_roles r where r.rolname in (reader || '_a', reader || '_b')
  ), beyond as (
    select l.rolname, a.pid, concat_ws(', ',
      case when a.state = 'active' and clock_timestamp() - a.query_start > nullif(l.statement_ms, 0) * interval '1 ms' + grace
        then 'a statement longer than statement_timeout' end,
      case when clock_timestamp() - a.xact_start > nullif(l.transaction_ms, 0) * interval '1 ms' + grace
        then 'a transaction longer than transaction_timeout' end,
      case when a.state like 'idle in transaction%' and clock_timestamp() - a.state_change > nullif(l.idle_ms, 0) * interval '1 ms' + grace
        then 'idle in a transaction longer than its time-out' end,
      case when exists (select from pg_catalog.pg_locks k where k.pid = a.pid and k.locktype = 'advisory')
        then 'an advisory lock' end,
      -- The schema of a session's temporary tables has the number of its backend.
      case when exists (
        select from pg_catalog.pg_class t join pg_catalog.pg_namespace n on n.oid = t.relnamespace
        where t.relowner = l.oid and n.nspname ~ '^pg_temp_\d+$'
          and pg_catalog.pg_stat_get_backend_pid(substr(n.nspname, 9)::int) = a.pid)
        then 'temporary tables' end) as why
    from logins l join pg_catalog.pg_stat_activity a on a.usesysid = l.oid
  )
  select b.rolname, b.pid, b.why, pg_catalog.pg_terminate_backend(b.pid) from beyond b where b.why <> ''
  union all
  -- They outlive their session: a rotation drops them with the login.
  select l.rolname, null, format('%s large objects', count(*)), false
  from logins l join pg_catalog.pg_largeobject_metadata m on m.lomowner = l.oid group by l.rolname;
end
$function$;
--> statement-breakpoint
comment on function environment.end_reader_sessions(text, interval) is
  'Ends sessions of a catalog''s reader that took their time-outs off, hold advisory locks or made temporary tables; says which.';
--> statement-breakpoint
revoke execute on function environment.end_reader_sessions(text, interval) from public;
