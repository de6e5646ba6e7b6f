-- The roles of a hosted project. `supabase_admin` is the bootstrap superuser; `postgres`, what a customer
-- gets, is not one. Statements end with a semicolon and an empty line: `postgres --single -j` splits there.

CREATE ROLE postgres LOGIN NOSUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS;

CREATE ROLE anon NOLOGIN;

CREATE ROLE authenticated NOLOGIN;

CREATE ROLE service_role NOLOGIN BYPASSRLS;

CREATE ROLE authenticator LOGIN NOINHERIT;

CREATE ROLE dashboard_user NOLOGIN CREATEDB CREATEROLE REPLICATION;

CREATE ROLE pgbouncer LOGIN;

CREATE ROLE supabase_auth_admin LOGIN NOINHERIT CREATEROLE;

CREATE ROLE supabase_storage_admin LOGIN NOINHERIT CREATEROLE;

CREATE ROLE supabase_realtime_admin NOLOGIN NOINHERIT;

CREATE ROLE supabase_privileged_role NOLOGIN;

CREATE ROLE supabase_replication_admin LOGIN REPLICATION;

CREATE ROLE supabase_etl_admin LOGIN REPLICATION BYPASSRLS;

CREATE ROLE supabase_read_only_user LOGIN BYPASSRLS;

-- The Management API's own way in for `database/query`: a session of it is `postgres` from its first
-- statement on, and RESET ROLE leads back to `postgres`, never to more.
CREATE ROLE supabase_local_query LOGIN NOINHERIT;

GRANT anon, authenticated, service_role TO authenticator;

GRANT anon, authenticated, service_role, authenticator TO postgres WITH ADMIN OPTION;

GRANT pg_monitor, pg_signal_backend, pg_create_subscription TO postgres WITH ADMIN OPTION;

-- Inherited, as hosted: postgres reads pg_authid and pg_user_mapping, verifiers and the reader's password among them.
GRANT pg_read_all_data TO postgres WITH ADMIN OPTION;

GRANT supabase_privileged_role TO postgres;

GRANT supabase_privileged_role TO supabase_etl_admin;

GRANT authenticator TO supabase_storage_admin;

GRANT anon, authenticated, service_role TO supabase_realtime_admin;

GRANT pg_read_all_data, pg_monitor TO supabase_read_only_user, supabase_etl_admin;

GRANT postgres TO supabase_local_query WITH INHERIT FALSE, SET TRUE;

-- With the backslash, as dumps of hosted projects show it: a name that no schema has.
ALTER ROLE postgres SET search_path TO "\$user", public, extensions;

ALTER ROLE supabase_admin SET search_path TO "\$user", public, auth, extensions;

ALTER ROLE supabase_local_query SET role TO 'postgres';

ALTER ROLE supabase_local_query SET search_path TO "\$user", public, extensions;

ALTER ROLE supabase_read_only_user SET default_transaction_read_only TO on;

ALTER ROLE supabase_realtime_admin SET search_path TO public, extensions, realtime;

-- What the platform's own roles do stays out of the log: passwords are among it.
ALTER ROLE supabase_admin SET log_statement TO none;

ALTER ROLE supabase_auth_admin SET log_statement TO none;

ALTER ROLE supabase_storage_admin SET log_statement TO none;

ALTER ROLE supabase_auth_admin SET search_path TO auth;

ALTER ROLE supabase_auth_admin SET idle_in_transaction_session_timeout TO 60000;

ALTER ROLE supabase_storage_admin SET search_path TO storage;

ALTER ROLE anon SET statement_timeout TO '3s';

ALTER ROLE authenticated SET statement_timeout TO '8s';

ALTER ROLE authenticator SET statement_timeout TO '8s';

ALTER ROLE authenticator SET lock_timeout TO '8s';

