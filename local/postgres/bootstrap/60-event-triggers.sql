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

-- The privileges differ as their ages do.
REVOKE ALL ON FUNCTION extensions.grant_pg_cron_access(), extensions.grant_pg_net_access() FROM postgres;

GRANT EXECUTE ON FUNCTION extensions.grant_pg_cron_access(), extensions.grant_pg_net_access() TO dashboard_user;

GRANT EXECUTE ON FUNCTION extensions.grant_pg_cron_access(), extensions.grant_pg_net_access() TO supabase_admin WITH GRANT OPTION;

CREATE EVENT TRIGGER pgrst_ddl_watch ON ddl_command_end EXECUTE FUNCTION extensions.pgrst_ddl_watch();

CREATE EVENT TRIGGER pgrst_drop_watch ON sql_drop EXECUTE FUNCTION extensions.pgrst_drop_watch();

CREATE EVENT TRIGGER issue_pg_cron_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_cron_access();

CREATE EVENT TRIGGER issue_pg_graphql_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_graphql_access();

CREATE EVENT TRIGGER issue_pg_net_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION extensions.grant_pg_net_access();

CREATE EVENT TRIGGER issue_graphql_placeholder ON sql_drop WHEN TAG IN ('DROP EXTENSION') EXECUTE FUNCTION extensions.set_graphql_placeholder();
