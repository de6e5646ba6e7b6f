import { byCustomer, byPlatform, byPlatformItself, type OutsideChange } from "./change.ts";

/** What lies among the extensions, and what is about the whole database or its roles. */
export const beyond: readonly OutsideChange[] = [
  byPlatform("an extension in public", "create extension hstore schema public", "schema:extension hstore"),
  byPlatformItself(
    "a function left its extension",
    "alter extension pg_trgm drop function extensions.similarity(text, text)",
    "security:function extensions.similarity(text, text)#for PUBLIC",
  ),
  byCustomer(
    "a type among the extensions",
    "create type extensions.outside_kind as enum ('a')",
    "security:type extensions.outside_kind#there",
  ),
  byCustomer(
    "a domain among the extensions",
    "create domain extensions.outside_text as text",
    "security:type extensions.outside_text#there",
  ),
  byCustomer(
    "an operator among the extensions",
    "create operator extensions.=== (function = int4eq, leftarg = int, rightarg = int)",
    "security:operator extensions.===#there",
  ),
  byCustomer(
    "a collation among the extensions",
    'create collation extensions.outside from "C"',
    "security:collation extensions.outside#there",
  ),
  byCustomer(
    "a text search configuration among the extensions",
    "create text search configuration extensions.outside (copy = simple)",
    "security:text search configuration extensions.outside#there",
  ),
  byCustomer(
    "numbers among the extensions",
    "create sequence extensions.outside_numbers",
    "security:sequence extensions.outside_numbers#there",
  ),
  byCustomer("the database is a template", "alter database postgres is_template true", "security:database#template"),
  byPlatform(
    "everybody waits three seconds",
    "alter role all set lock_timeout = '3s'",
    "security:database#setting lock_timeout",
  ),
  byPlatform(
    "anon logs in elsewhere",
    "create foreign data wrapper outside_wrapper; create server outside_server foreign data wrapper outside_wrapper; create user mapping for anon server outside_server",
    "schema:mapping of anon on outside_server#there",
    "schema:server outside_server#owner",
  ),
  byPlatformItself(
    "authenticated uses a wrapper",
    "create foreign data wrapper outside_other; grant usage on foreign data wrapper outside_other to authenticated",
    "security:foreign data wrapper outside_other#for authenticated",
  ),
  byCustomer(
    "a subscription",
    "create subscription outside connection 'host=x password=y' publication p with (connect = false, slot_name = none)",
    "schema:subscription outside",
  ),
  byCustomer(
    "anon will use types to come",
    "alter default privileges grant usage on types to anon",
    "security:default privilege of postgres for anon on types in all schemas#granted",
  ),
  byCustomer(
    "anon will make objects in schemas to come",
    "alter default privileges grant create on schemas to anon",
    "security:default privilege of postgres for anon on schemas in all schemas#granted",
  ),
  byPlatform(
    "authenticated sets what is logged",
    "grant alter system on parameter log_statement to authenticated",
    "security:parameter log_statement#for authenticated",
  ),
  byPlatform(
    "anon makes tables in a tablespace",
    "grant create on tablespace pg_default to anon",
    "security:tablespace pg_default#for anon",
  ),
  byPlatform(
    "the API asks a function first",
    "alter role authenticator set pgrst.db_pre_request = 'public.outside'",
    "security:role authenticator#setting pgrst.db_pre_request",
  ),
  byPlatform("postgres ends", "alter role postgres valid until '2031-01-01'", "security:role postgres#valid until"),
  byPlatform(
    "anon reads settings",
    "grant pg_read_all_settings to anon",
    "security:membership of anon in pg_read_all_settings#options",
  ),
  byCustomer(
    "a role in pg_monitor",
    "create role outside_watch; grant pg_monitor to outside_watch with admin option",
    "schema:role outside_watch",
    "security:membership of outside_watch in pg_monitor#options",
  ),
  byCustomer(
    "partitions are published as their root",
    "alter publication supabase_realtime set (publish_via_partition_root = true)",
    "security:publication supabase_realtime#as their root",
  ),
  byCustomer(
    "everybody reads messages",
    "create policy outside_all on realtime.messages for all using (true)",
    "security:policy realtime.messages.outside_all#text",
  ),
  byCustomer(
    "no temporary tables for PUBLIC",
    "revoke temporary on database postgres from public",
    "security:database#for PUBLIC",
  ),
  byCustomer(
    "statistics are sampled more closely",
    "create statistics public.outside_values (mcv) on name, destination from public.trips; alter statistics public.outside_values set statistics 40",
    "schema:statistics object public.outside_values#text",
  ),
  byCustomer(
    "a dictionary that stems",
    "create text search dictionary public.outside_stem (template = snowball, language = german)",
    "schema:text search dictionary public.outside_stem#text",
  ),
  byPlatform(
    "a default conversion",
    "create default conversion public.outside_second for 'LATIN2' to 'UTF8' from iso8859_to_utf8",
    "schema:conversion public.outside_second#text",
  ),
];
