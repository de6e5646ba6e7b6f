-- What this session has that a new one would not have, by name. Settings of an application's own are in no view: those that
-- functions and the file name are asked for, and one that a transaction set for itself only is empty behind it.
select pg_catalog.jsonb_object_agg(name, value) from (
  select 'set ' || name as name, setting as value from pg_catalog.pg_settings where source = 'session' and name !~ '^transaction_'
  union all
  select 'set ' || name, nullif(pg_catalog.current_setting(name, true), '')
  from pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('environment.migration_names', true), ' ')) name
  where pg_catalog.current_setting(name, true) <> ''
  union all select 'the role', pg_catalog.current_setting('role')
  union all select 'the session authorization', session_user
  union all
  select 'temporary ' || case relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end || relname, ''
  from pg_catalog.pg_class
  where pg_catalog.pg_my_temp_schema() <> 0 and relnamespace = pg_catalog.pg_my_temp_schema() and relkind in ('r', 'p', 'v', 'S')
  union all
  select 'temporary function ' || proname, '' from pg_catalog.pg_proc
  where pg_catalog.pg_my_temp_schema() <> 0 and pronamespace = pg_catalog.pg_my_temp_schema()
  union all select 'prepared statement ' || name, '' from pg_catalog.pg_prepared_statements where from_sql
  union all select 'cursor ' || name, '' from pg_catalog.pg_cursors where is_holdable
  union all select 'channel ' || channel, '' from pg_catalog.pg_listening_channels() channel
  union all
  select 'advisory lock ' || case objsubid when 1 then (classid::bigint << 32 | objid::bigint)::text
    else classid::int || ', ' || objid::int end, '' from pg_catalog.pg_locks
  where locktype = 'advisory' and pid = pg_catalog.pg_backend_pid()
  union all
  select 'a reset of all settings', '' where pg_catalog.current_setting('environment.migration_session', true) = ''
) seen
