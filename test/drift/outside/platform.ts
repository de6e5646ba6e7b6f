import { byCustomer, byPlatform, byPlatformItself, type OutsideChange } from "./change.ts";

/** What a customer's role can do with the platform's own. */
export const platform: readonly OutsideChange[] = [
  byCustomer("anon reads the users", "grant select on auth.users to anon", "security:table auth.users#for anon"),
  byCustomer(
    "everybody reads identities",
    "grant select on auth.identities to public",
    "security:table auth.identities#for PUBLIC",
  ),
  byPlatform(
    "authenticated reads e-mail addresses",
    "grant select (email) on auth.users to authenticated",
    "security:column auth.users.email#for authenticated",
  ),
  byPlatform(
    "users lie open",
    "alter table auth.users disable row level security",
    "security:table auth.users#row security",
  ),
  byPlatform(
    "files lie open",
    "alter table storage.objects disable row level security",
    "security:table storage.objects#row security",
  ),
  byCustomer(
    "anon sees every file",
    "create policy outside on storage.objects for select to anon using (true)",
    "security:policy storage.objects.outside#text",
  ),
  byCustomer(
    "everybody writes files",
    "create policy outside_write on storage.objects for insert with check (true)",
    "security:policy storage.objects.outside_write#text",
  ),
  byCustomer(
    "everybody listens",
    "create policy outside on realtime.messages for select using (true)",
    "security:policy realtime.messages.outside#text",
  ),
  byPlatform("anon uses the Vault", "grant usage on schema vault to anon", "security:schema vault#for anon"),
  byPlatform(
    "authenticated reads secrets",
    "grant select on vault.decrypted_secrets to authenticated",
    "security:view vault.decrypted_secrets#for authenticated",
  ),
  byPlatform(
    "everybody makes secrets",
    "grant execute on function vault.create_secret(text, text, text, uuid) to public",
    "security:function vault.create_secret(text, text, text, uuid)#for PUBLIC",
  ),
  byPlatform(
    "anon makes objects among those of Auth",
    "grant create on schema auth to anon",
    "security:schema auth#for anon",
  ),
  byPlatform(
    "anon reads verifiers",
    "grant select on pg_catalog.pg_authid to anon",
    "security:table pg_catalog.pg_authid#for anon",
  ),
  byPlatform(
    "anon reads files of the server",
    "grant execute on function pg_catalog.pg_read_file(text) to anon",
    "security:function pg_catalog.pg_read_file(text)#for anon",
  ),
  byCustomer(
    "authenticated resets statistics",
    "grant execute on function extensions.pg_stat_statements_reset(oid, oid, bigint, boolean) to authenticated",
    "security:function extensions.pg_stat_statements_reset(oid, oid, bigint, boolean)#for authenticated",
  ),
  byPlatform(
    "everybody asks for verifiers",
    "grant execute on function pgbouncer.get_auth(text) to public",
    "security:function pgbouncer.get_auth(text)#for PUBLIC",
  ),
  byCustomer(
    "a function among the extensions",
    "create function extensions.outside() returns int language sql as 'select 1'",
    "security:function extensions.outside()#there",
  ),
  byCustomer(
    "a table among the extensions",
    "create table extensions.outside (id int)",
    "security:table extensions.outside#there",
  ),
  byCustomer(
    "users are published",
    "alter publication supabase_realtime add table auth.users",
    "security:publication table supabase_realtime.auth.users#rows",
  ),
  byCustomer(
    "deletions are not published",
    "alter publication supabase_realtime set (publish = 'insert, update')",
    "security:publication supabase_realtime#operations",
  ),
  byPlatformItself(
    "everything is published",
    "create publication outside_all for all tables",
    "security:publication outside_all#there",
  ),
  byPlatformItself(
    "an event trigger of the platform's",
    "create event trigger outside_ddl on ddl_command_end execute function extensions.pgrst_ddl_watch()",
    "security:event trigger outside_ddl#there",
  ),
  byPlatform(
    "the API's schema is not read again",
    "alter event trigger pgrst_ddl_watch disable",
    "security:event trigger pgrst_ddl_watch#there",
  ),
  byPlatform(
    "a trigger on users calls a function of an extension",
    "create trigger outside after insert on auth.users execute function storage.protect_delete()",
    "security:trigger auth.users.outside#text",
  ),
  byCustomer(
    "anon will read tables to come",
    "alter default privileges in schema public grant select on tables to anon",
    "security:default privilege of postgres for anon on tables in public#granted",
  ),
  byCustomer(
    "everybody will run functions to come",
    "alter default privileges grant execute on functions to public",
    "security:default privilege of postgres for PUBLIC on functions in all schemas#granted",
  ),
  byPlatformItself(
    "anon will read what the platform makes",
    "alter default privileges for role supabase_admin in schema extensions grant select on tables to anon",
    "security:default privilege of supabase_admin for anon on tables in extensions#granted",
  ),
  byPlatformItself(
    "anon will write what Auth makes",
    "alter default privileges for role supabase_auth_admin in schema auth grant insert on tables to anon",
    "security:default privilege of supabase_auth_admin for anon on tables in auth#granted",
  ),
  byCustomer("anon makes schemas", "grant create on database postgres to anon", "security:database#for anon"),
  byCustomer(
    "PUBLIC may not connect",
    "revoke connect on database postgres from public",
    "security:database#for PUBLIC",
  ),
  byCustomer(
    "everybody reads a large object",
    "select lo_create(4711); grant select on large object 4711 to public",
    "security:large object 4711#for PUBLIC",
  ),
  byPlatform(
    "anon writes functions in a language",
    "grant usage on language plpgsql to anon",
    "security:language plpgsql#for anon",
  ),
];
