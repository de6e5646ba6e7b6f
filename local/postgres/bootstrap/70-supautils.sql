-- What supautils lets role postgres do on the platform, without supautils. facts/platform-facts.json: supautils, rules.

GRANT SET ON PARAMETER deadlock_timeout, log_lock_waits, log_min_duration_statement, log_min_messages, log_parameter_max_length, log_replication_commands, log_statement, log_temp_files, session_replication_role, track_functions, track_io_timing, wal_compression TO postgres;

GRANT SET ON PARAMETER pg_stat_statements.track, pg_stat_statements.track_utility, pg_stat_statements.track_planning TO postgres;

GRANT SET ON PARAMETER pgrst.db_schemas, pgrst.db_extra_search_path, pgrst.db_max_rows, pgaudit.log TO postgres;

-- As in the newest dump of a hosted project.
GRANT SET ON PARAMETER log_min_messages TO supabase_realtime_admin;

GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO postgres;

-- Policies and triggers on the platform's tables: the privileges of the owner are inherited, its role cannot be taken.
-- The event trigger below refuses everything else an owner may do.
GRANT supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin TO postgres WITH INHERIT TRUE, SET FALSE;

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

-- What is installed at birth belongs to postgres, as in the newest dumps: it may drop, move and comment it. There is no
-- ALTER EXTENSION ... OWNER.
UPDATE pg_catalog.pg_extension SET extowner = 'postgres'::regrole WHERE extname <> 'plpgsql';

INSERT INTO pg_catalog.pg_shdepend SELECT d.oid, 'pg_catalog.pg_extension'::regclass, e.oid, 0, 'pg_catalog.pg_authid'::regclass, 'postgres'::regrole, 'o' FROM pg_catalog.pg_extension e, pg_catalog.pg_database d WHERE e.extname <> 'plpgsql' AND d.datname = current_database();

DO $owner$ DECLARE item record; BEGIN FOR item IN SELECT p.oid::regprocedure::text AS name FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pgcrypto' JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND d.classid = 'pg_catalog.pg_proc'::regclass WHERE d.deptype = 'e' LOOP EXECUTE 'ALTER FUNCTION ' || item.name || ' OWNER TO postgres'; END LOOP; END $owner$;
