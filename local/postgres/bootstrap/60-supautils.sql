-- What supautils lets role postgres do on the platform, without supautils. facts/platform-facts.json: supautils, rules.

GRANT SET ON PARAMETER deadlock_timeout, log_lock_waits, log_min_duration_statement, log_min_messages, log_parameter_max_length, log_replication_commands, log_statement, log_temp_files, session_replication_role, track_functions, track_io_timing, wal_compression TO postgres;

GRANT SET ON PARAMETER pg_stat_statements.track, pg_stat_statements.track_utility, pg_stat_statements.track_planning TO postgres;

GRANT SET ON PARAMETER pgrst.db_schemas, pgrst.db_extra_search_path, pgrst.db_max_rows, pgaudit.log TO postgres;

GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO postgres;

-- Policies and triggers on the platform's tables: the privileges of the owner are inherited, its role cannot be taken.
-- The event trigger below refuses everything else an owner may do.
GRANT supabase_auth_admin, supabase_storage_admin TO postgres WITH INHERIT TRUE, SET FALSE;

CREATE SCHEMA local_platform AUTHORIZATION supabase_admin;

CREATE FUNCTION local_platform.guard() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $guard$
DECLARE
  item record;
BEGIN
  IF current_user <> 'postgres' THEN RETURN; END IF;
  FOR item IN SELECT c.command_tag, c.object_identity, c.schema_name FROM pg_catalog.pg_event_trigger_ddl_commands() c LOOP
    IF item.schema_name IN ('auth', 'storage', 'realtime')
      AND item.command_tag NOT IN ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER', 'COMMENT', 'GRANT', 'REVOKE', 'SELECT') THEN
      RAISE EXCEPTION USING errcode = '42501', message = 'must be owner of ' || item.object_identity;
    END IF;
    -- Members are added and removed by the platform alone.
    IF item.command_tag = 'ALTER EXTENSION' AND pg_catalog.current_query() ~* '^\s*alter\s+extension\s+\S+\s+(add|drop)\M' THEN
      RAISE EXCEPTION USING errcode = '42501', message = 'must be owner of extension ' || item.object_identity;
    END IF;
    IF item.command_tag ~ 'POLICY' AND item.object_identity ~ ' on (storage|auth)\.\w*migrations$' THEN
      RAISE EXCEPTION USING errcode = '42501', message = 'must be owner of ' || item.object_identity;
    END IF;
  END LOOP;
END
$guard$;

CREATE FUNCTION local_platform.guard_drop() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $guard$
DECLARE
  item record;
BEGIN
  IF current_user <> 'postgres' THEN RETURN; END IF;
  FOR item IN SELECT d.object_type, d.object_identity, d.schema_name FROM pg_catalog.pg_event_trigger_dropped_objects() d WHERE d.original LOOP
    IF item.schema_name IN ('auth', 'storage', 'realtime') AND item.object_type NOT IN ('policy', 'trigger') THEN
      RAISE EXCEPTION USING errcode = '42501', message = 'must be owner of ' || item.object_identity;
    END IF;
  END LOOP;
END
$guard$;

CREATE EVENT TRIGGER local_platform_guard ON ddl_command_end EXECUTE FUNCTION local_platform.guard();

CREATE EVENT TRIGGER local_platform_guard_drop ON sql_drop EXECUTE FUNCTION local_platform.guard_drop();

-- The event triggers of a fresh project. Those for pg_graphql, pg_net and pg_cron wait for extensions this build has not.
CREATE FUNCTION extensions.pgrst_ddl_watch() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$
BEGIN
  NOTIFY pgrst, 'reload schema';
END
$watch$;

CREATE FUNCTION extensions.pgrst_drop_watch() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$
BEGIN
  NOTIFY pgrst, 'reload schema';
END
$watch$;

CREATE FUNCTION extensions.grant_pg_cron_access() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$ BEGIN END $watch$;

CREATE FUNCTION extensions.grant_pg_graphql_access() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$ BEGIN END $watch$;

CREATE FUNCTION extensions.grant_pg_net_access() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$ BEGIN END $watch$;

CREATE FUNCTION extensions.set_graphql_placeholder() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $watch$ BEGIN END $watch$;

CREATE EVENT TRIGGER pgrst_ddl_watch ON ddl_command_end EXECUTE FUNCTION extensions.pgrst_ddl_watch();

CREATE EVENT TRIGGER pgrst_drop_watch ON sql_drop EXECUTE FUNCTION extensions.pgrst_drop_watch();

CREATE EVENT TRIGGER issue_pg_cron_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_cron_access();

CREATE EVENT TRIGGER issue_pg_graphql_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_graphql_access();

CREATE EVENT TRIGGER issue_pg_net_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_net_access();

CREATE EVENT TRIGGER issue_graphql_placeholder ON sql_drop WHEN TAG IN ('DROP EXTENSION') EXECUTE FUNCTION extensions.set_graphql_placeholder();

-- Rows of Storage are deleted by its API only.
CREATE FUNCTION storage.protect_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $protect$
BEGIN
  IF coalesce(pg_catalog.current_setting('storage.allow_delete_query', true), 'false') <> 'true' THEN
    RAISE EXCEPTION USING errcode = '42501', message = 'Direct deletion from storage tables is not allowed. Use the Storage API instead.';
  END IF;
  RETURN NULL;
END
$protect$;

ALTER FUNCTION storage.protect_delete() OWNER TO supabase_storage_admin;

CREATE TRIGGER protect_buckets_delete BEFORE DELETE ON storage.buckets FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();

CREATE TRIGGER protect_objects_delete BEFORE DELETE ON storage.objects FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();

CREATE TABLE storage.migrations (id integer PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, hash varchar(40) NOT NULL, executed_at timestamp DEFAULT CURRENT_TIMESTAMP);

ALTER TABLE storage.migrations OWNER TO supabase_storage_admin;

ALTER TABLE storage.migrations ENABLE ROW LEVEL SECURITY;

CREATE TABLE auth.schema_migrations (version varchar(255) PRIMARY KEY);

ALTER TABLE auth.schema_migrations OWNER TO supabase_auth_admin;

ALTER TABLE auth.schema_migrations ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON auth.schema_migrations TO postgres WITH GRANT OPTION;

CREATE TABLE realtime.messages (topic text NOT NULL, extension text NOT NULL, payload jsonb, event text, private boolean DEFAULT false, updated_at timestamp NOT NULL DEFAULT now(), inserted_at timestamp NOT NULL DEFAULT now(), id uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (id, inserted_at)) PARTITION BY RANGE (inserted_at);

ALTER TABLE realtime.messages OWNER TO supabase_realtime_admin;

ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON realtime.messages TO postgres, anon, authenticated, service_role;

CREATE FUNCTION realtime.send(payload jsonb, event text, topic text, private boolean DEFAULT true) RETURNS void LANGUAGE plpgsql AS $send$ BEGIN END $send$;

ALTER FUNCTION realtime.send(jsonb, text, text, boolean) OWNER TO supabase_admin;

-- What is installed at birth belongs to postgres, as in the newest dumps: it may drop, move and comment it. There is no
-- ALTER EXTENSION ... OWNER.
UPDATE pg_catalog.pg_extension SET extowner = 'postgres'::regrole WHERE extname <> 'plpgsql';

INSERT INTO pg_catalog.pg_shdepend SELECT d.oid, 'pg_catalog.pg_extension'::regclass, e.oid, 0, 'pg_catalog.pg_authid'::regclass, 'postgres'::regrole, 'o' FROM pg_catalog.pg_extension e, pg_catalog.pg_database d WHERE e.extname <> 'plpgsql' AND d.datname = current_database();

DO $owner$ DECLARE item record; BEGIN FOR item IN SELECT p.oid::regprocedure::text AS name FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pgcrypto' JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND d.classid = 'pg_catalog.pg_proc'::regclass WHERE d.deptype = 'e' LOOP EXECUTE 'ALTER FUNCTION ' || item.name || ' OWNER TO postgres'; END LOOP; END $owner$;
