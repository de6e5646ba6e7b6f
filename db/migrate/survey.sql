select to_regclass('drizzle.__drizzle_migrations') is not null as ledger,
  to_regclass('environment.migration_history') is not null as history,
  to_regclass('environment.migration_progress') is not null as progress,
  to_regclass('environment.settings') is not null as settings,
  to_regnamespace('drizzle') is not null as drizzle_schema, to_regnamespace('environment') is not null as environment_schema,
  case when to_regclass('drizzle.__drizzle_migrations') is null then (
    select jsonb_agg(jsonb_build_object('schema', n.nspname, 'table', c.relname) order by n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relname ~* 'migration' and array['id int4', 'hash text', 'created_at int8'] = (
      select array_agg(a.attname || ' ' || t.typname order by a.attnum) from pg_catalog.pg_attribute a
      join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
  ) end as elsewhere,
  current_setting('track_commit_timestamp') as times, current_setting('search_path') as search_path, current_setting('role') as role, pg_backend_pid() as pid
