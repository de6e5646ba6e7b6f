import { byCustomer, byPlatform, type OutsideChange } from "./change.ts";

/** What roles are, what they and the database are set to, and who is in which role. */
export const roles: readonly OutsideChange[] = [
  byPlatform(
    "anon carries claims of somebody",
    `alter role anon set request.jwt.claims = '{"sub":"1"}'`,
    "security:role anon#setting request.jwt.claims",
  ),
  byPlatform(
    "anon may sort in little memory",
    "alter role anon set work_mem = '64kB'",
    "security:role anon#setting work_mem",
  ),
  byPlatform(
    "authenticated lives in another time zone",
    "alter role authenticated set timezone = 'Asia/Tokyo'",
    "security:role authenticated#setting TimeZone",
  ),
  byPlatform(
    "service_role may only read",
    "alter role service_role set default_transaction_read_only = on",
    "security:role service_role#setting default_transaction_read_only",
  ),
  byPlatform(
    "authenticator isolates more",
    "alter role authenticator set default_transaction_isolation = 'serializable'",
    "security:role authenticator#setting default_transaction_isolation",
  ),
  byPlatform(
    "authenticated waits for ever",
    "alter role authenticated set statement_timeout = 0",
    "security:role authenticated#setting statement_timeout",
  ),
  byPlatform(
    "anon is not bounded any more",
    "alter role anon reset statement_timeout",
    "security:role anon#setting statement_timeout",
  ),
  byPlatform(
    "postgres looks elsewhere first",
    "alter role postgres set search_path = pg_temp, public",
    "security:role postgres#setting search_path",
  ),
  byPlatform(
    "anon has a setting in this database alone",
    "alter role anon in database postgres set row_security = off",
    "security:role anon#setting row_security in this database",
  ),
  byPlatform(
    "the database does not fire triggers",
    "alter database postgres set session_replication_role = 'replica'",
    "security:database#setting session_replication_role",
  ),
  byCustomer(
    "the database has a time-out",
    "alter database postgres set statement_timeout = '1h'",
    "security:database#setting statement_timeout",
  ),
  byCustomer(
    "the database admits one session",
    "alter database postgres connection limit 1",
    "security:database#connection limit",
  ),
  byPlatform(
    "log-ins of the API have ended",
    "alter role authenticator valid until '2020-01-01 00:00:00+00'",
    "security:role authenticator#valid until",
  ),
  byPlatform(
    "the API may hold two connections",
    "alter role authenticator connection limit 2",
    "security:role authenticator#connection limit",
  ),
  byPlatform("anon may log in", "alter role anon login", "security:role anon#login"),
  byPlatform(
    "authenticated sees every row",
    "alter role authenticated bypassrls",
    "security:role authenticated#bypassrls",
  ),
  byPlatform(
    "service_role sees its own rows alone",
    "alter role service_role nobypassrls",
    "security:role service_role#bypassrls",
  ),
  byPlatform("anon makes roles", "alter role anon createrole", "security:role anon#createrole"),
  byPlatform(
    "authenticated makes databases",
    "alter role authenticated createdb",
    "security:role authenticated#createdb",
  ),
  byPlatform("authenticator inherits", "alter role authenticator inherit", "security:role authenticator#inherit"),
  byPlatform("anon replicates", "alter role anon replication", "security:role anon#replication"),
  byPlatform("postgres is superuser", "alter role postgres superuser", "security:role postgres#superuser"),
  byPlatform(
    "postgres runs programs of the server",
    "grant pg_execute_server_program to postgres",
    "security:membership of postgres in pg_execute_server_program#options",
  ),
  byPlatform(
    "anon is in service_role",
    "grant service_role to anon",
    "security:membership of anon in service_role#options",
  ),
  byPlatform(
    "authenticated is in postgres",
    "grant pg_read_all_data to authenticated",
    "security:membership of authenticated in pg_read_all_data#options",
  ),
  byPlatform(
    "authenticator inherits from authenticated",
    "grant authenticated to authenticator with inherit true",
    "security:membership of authenticator in authenticated#options",
  ),
  byPlatform(
    "authenticator cannot become anon",
    "revoke anon from authenticator",
    "security:membership of authenticator in anon#options",
  ),
  byPlatform(
    "anon reads as the dashboard does",
    "grant supabase_read_only_user to anon",
    "security:membership of anon in supabase_read_only_user#options",
  ),
  byCustomer("a role made by hand", "create role outside_app", "schema:role outside_app"),
  byCustomer(
    "a login that ends",
    "create role outside_login login valid until '2031-01-01'",
    "schema:role outside_login",
  ),
  byPlatform(
    "signals of the server for a parameter",
    "grant set on parameter log_min_duration_statement to anon",
    "security:parameter log_min_duration_statement#for anon",
  ),
  byPlatform(
    "authenticated turns triggers off",
    "grant set on parameter session_replication_role to authenticated",
    "security:parameter session_replication_role#for authenticated",
  ),
];
