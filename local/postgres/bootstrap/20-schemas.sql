-- Database, schemas, extensions and their privileges. The regime is that of projects made since 2026-05-30:
-- what `postgres` creates in `public` is NOT granted to the API roles by default.

ALTER DATABASE postgres OWNER TO postgres;

GRANT CONNECT, TEMPORARY, CREATE ON DATABASE postgres TO dashboard_user;

GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;

GRANT ALL ON SCHEMA public TO postgres;

CREATE SCHEMA extensions AUTHORIZATION postgres;

GRANT USAGE ON SCHEMA extensions TO anon, authenticated, service_role;

GRANT ALL ON SCHEMA extensions TO dashboard_user;

CREATE EXTENSION pgcrypto WITH SCHEMA extensions;

CREATE EXTENSION "uuid-ossp" WITH SCHEMA extensions;

CREATE EXTENSION pg_stat_statements WITH SCHEMA extensions;

GRANT ALL ON ALL FUNCTIONS IN SCHEMA extensions TO postgres WITH GRANT OPTION;

REVOKE ALL ON FUNCTION extensions.pg_stat_statements_reset(oid, oid, bigint, boolean) FROM PUBLIC;

CREATE SCHEMA graphql_public AUTHORIZATION supabase_admin;

GRANT USAGE ON SCHEMA graphql_public TO postgres, anon, authenticated, service_role;

CREATE SCHEMA realtime AUTHORIZATION supabase_admin;

GRANT USAGE ON SCHEMA realtime TO anon, authenticated, service_role;

GRANT USAGE ON SCHEMA realtime TO postgres WITH GRANT OPTION;

GRANT ALL ON SCHEMA realtime TO supabase_realtime_admin;

CREATE PUBLICATION supabase_realtime;

ALTER PUBLICATION supabase_realtime OWNER TO postgres;

CREATE SCHEMA pgbouncer AUTHORIZATION pgbouncer;

CREATE FUNCTION pgbouncer.get_auth(p_usename text) RETURNS TABLE (username text, password text)
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  SELECT rolname::text, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END
  FROM pg_catalog.pg_authid WHERE rolname = p_usename AND rolcanlogin
$$;

REVOKE ALL ON FUNCTION pgbouncer.get_auth(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION pgbouncer.get_auth(text) TO pgbouncer;

