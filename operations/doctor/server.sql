select
  extract(epoch from clock_timestamp())::float8 * 1000 as now,
  pg_is_in_recovery() as recovering,
  current_setting('default_transaction_read_only')::boolean as read_only,
  has_database_privilege(current_database(), 'create') as may_create,
  coalesce(
    (
      select has_table_privilege(c.oid, 'insert')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'
    ), true) as may_record,
  (
    select jsonb_agg(t.evtname order by t.evtname)
    from pg_event_trigger t join pg_proc p on p.oid = t.evtfoid
    where t.evtenabled <> 'D' and (t.evtname = 'ensure_rls' or p.proname = 'rls_auto_enable')
  ) as makes_rls,
  (
    -- A role that may select and meets no policy reads no row, and no error says so.
    select jsonb_agg(c.oid::regclass::text order by c.oid::regclass::text)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('catalog', 'public') and c.relkind in ('r', 'p') and c.relrowsecurity
      and exists (select from pg_roles r where r.rolname = 'authenticated' and has_table_privilege(r.oid, c.oid, 'select'))
      and not exists (select from pg_policy p where p.polrelid = c.oid)
  ) as silent
