-- What a database is made of, one line each, sorted; settings, ledgers and rows are not part of it.
select line from (
  select 'schema ' || nspname || ' ' || pg_get_userbyid(nspowner) || ' ' ||
    coalesce((select string_agg(item::text, ',' order by item::text) from unnest(nspacl) item), '') || ' ' ||
    coalesce(obj_description(oid, 'pg_namespace'), '') as line
  from pg_namespace where nspname !~ '^pg_(toast|temp)'
  union all
  select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || pg_get_userbyid(relowner) || ' ' || relrowsecurity || ' ' ||
    coalesce((select string_agg(item::text, ',' order by item::text) from unnest(relacl) item), '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^(pg_|information_schema)'
  union all
  select 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where attnum > 0 and not attisdropped and n.nspname !~ '^(pg_|information_schema)'
  union all
  select 'function ' || p.oid::regprocedure || ' ' || pg_get_userbyid(proowner) || ' ' || md5(prosrc) || ' ' ||
    coalesce((select string_agg(item::text, ',' order by item::text) from unnest(proacl) item), '')
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname !~ '^(pg_|information_schema)'
  union all
  select 'type ' || t.oid::regtype || ' ' || typtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname !~ '^(pg_|information_schema)'
  union all
  select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
  where conrelid <> 0 and connamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  union all
  select 'policy ' || polrelid::regclass || ' ' || polname from pg_policy
  union all
  select 'trigger ' || tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal
  union all
  select 'extension ' || extname || ' ' || extnamespace::regnamespace || ' ' || pg_get_userbyid(extowner) from pg_extension
  union all
  select 'publication ' || pubname || ' ' || pg_get_userbyid(pubowner) from pg_publication
  union all
  select 'server ' || srvname from pg_foreign_server
  union all
  select 'wrapper ' || fdwname from pg_foreign_data_wrapper
  union all
  select 'event trigger ' || evtname from pg_event_trigger
  union all
  select 'default ' || pg_get_userbyid(defaclrole) || ' ' || defaclnamespace::regnamespace || ' ' || defaclobjtype::text || ' ' ||
    coalesce((select string_agg(item::text, ',' order by item::text) from unnest(defaclacl) item), '')
  from pg_default_acl
) made
order by line collate "C"
