import { inSchema } from "./in-schema.ts";

/** Who may do what: grants, default privileges, roles and what they are set to. */
export const privileges = [
  inSchema({
    name: "anon may read a table",
    sql: "grant select on public.trips to anon",
    object: "grant to anon on table public.trips",
  }),
  inSchema({
    name: "authenticated may delete where it may not",
    sql: "grant delete on public.trip_orders to authenticated",
    object: "grant to authenticated on table public.trip_orders",
  }),
  inSchema({
    name: "service_role lost a table",
    sql: "revoke all on public.tags from service_role",
    object: "grant to service_role on table public.tags",
  }),
  inSchema({
    name: "everybody may read a table",
    sql: "grant select on public.agencies to public",
    object: "grant to PUBLIC on table public.agencies",
  }),
  inSchema({
    name: "authenticated may pass a privilege on",
    sql: "grant select on public.contacts to authenticated with grant option",
    object: "grant to authenticated on table public.contacts",
  }),
  inSchema({
    name: "authenticated may change a column of its profile",
    sql: "grant update (role) on public.user_profiles to authenticated",
    object: "grant to authenticated on table public.user_profiles (role)",
  }),
  inSchema({
    name: "anon may run a function",
    sql: "grant execute on function public.search_contacts(text, integer) to anon",
    object: "grant to anon on function public.search_contacts(text, integer)",
  }),
  inSchema({
    name: "anon may use a schema",
    sql: "grant usage on schema tenancy to anon",
    object: "grant to anon on schema tenancy",
  }),
  inSchema({
    name: "everybody may create in public",
    sql: "grant create on schema public to public",
    object: "grant to PUBLIC on schema public",
    // Its own statements would grant USAGE to PUBLIC again, which no repair does.
    back: "revoke create on schema public from public",
  }),
  inSchema({
    name: "anon will read tables to come",
    sql: "alter default privileges in schema public grant select on tables to anon",
    object: "default privilege of postgres for anon on tables in public",
    layer: "security",
    back: "alter default privileges in schema public revoke select on tables from anon",
  }),
  inSchema({
    name: "everybody will run functions to come",
    sql: "alter default privileges grant execute on functions to public",
    object: "default privilege of postgres for PUBLIC on functions in all schemas",
    layer: "security",
    back: "alter default privileges revoke execute on functions from public",
  }),
  inSchema({
    name: "anon may create schemas",
    sql: "grant create on database postgres to anon",
    object: "database",
    layer: "security",
    back: "revoke create on database postgres from anon",
  }),
  inSchema({
    name: "authenticated may use the wrapper for foreign servers",
    sql: "grant usage on foreign data wrapper postgres_fdw to authenticated",
    object: "foreign data wrapper postgres_fdw",
    layer: "security",
    back: "revoke usage on foreign data wrapper postgres_fdw from authenticated",
  }),
  inSchema({
    name: "a foreign server that are not declared",
    sql: "create server by_hand foreign data wrapper postgres_fdw options (host '127.0.0.1')",
    object: "server by_hand",
  }),
  inSchema({
    name: "a role that are not declared",
    sql: "create role by_hand login",
    object: "role by_hand",
    alone: true,
  }),
  inSchema({
    name: "authenticated bypasses row-level security",
    sql: "alter role authenticated bypassrls",
    object: "role authenticated",
    layer: "security",
    back: "alter role authenticated nobypassrls",
    platform: true,
  }),
  inSchema({
    name: "anon may log in",
    sql: "alter role anon login",
    object: "role anon",
    layer: "security",
    back: "alter role anon nologin",
    platform: true,
  }),
  inSchema({
    name: "authenticated is a member of service_role",
    sql: "grant service_role to authenticated",
    object: "membership of authenticated in service_role",
    layer: "security",
    back: "revoke service_role from authenticated",
    platform: true,
  }),
  inSchema({
    name: "statements of signed-in users are not bounded",
    sql: "alter role authenticated set statement_timeout = 0",
    object: "role authenticated",
    layer: "security",
    back: "alter role authenticated set statement_timeout = '8s'",
    platform: true,
  }),
  inSchema({
    name: "the database looks into another schema first",
    sql: "alter database postgres set search_path = tenancy, public",
    object: "database",
    layer: "security",
    back: "alter database postgres reset search_path",
    platform: true,
  }),
  inSchema({
    name: "anon may read the Vault",
    sql: "grant usage on schema vault to anon; grant select on vault.decrypted_secrets to anon",
    object: ["view vault.decrypted_secrets", "schema vault"],
    layer: "security",
    back: "revoke usage on schema vault from anon; revoke select on vault.decrypted_secrets from anon",
    platform: true,
  }),
];
