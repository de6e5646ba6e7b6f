import { byCustomer, byPlatform, type OutsideChange } from "./change.ts";

/** A customer's own objects, of kinds that pg-delta does not compare, and of some that it does. */
export const objects: readonly OutsideChange[] = [
  byPlatform(
    "a conversion",
    "create conversion public.outside for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
    "schema:conversion public.outside#text",
  ),
  byPlatform(
    "a cast",
    "create type public.outside_pair as (a int); create cast (public.outside_pair as text) with inout as assignment",
    "schema:cast public.outside_pair as text#text",
    "schema:type public.outside_pair#owner",
  ),
  byCustomer(
    "an operator",
    "create operator public.=== (function = int4eq, leftarg = int, rightarg = int)",
    "schema:operator public.===(integer, integer)#text",
  ),
  byPlatform(
    "an operator class",
    "create operator class public.outside_ops for type int using btree as operator 1 <, function 1 btint4cmp(int, int)",
    "schema:operator class public.outside_ops using btree#text",
  ),
  byPlatform(
    "an operator family",
    "create operator family public.outside_family using hash",
    "schema:operator family public.outside_family using hash#text",
  ),
  byPlatform(
    "a language",
    "create trusted language outside_language handler plpgsql_call_handler",
    "schema:language outside_language#text",
  ),
  byPlatform(
    "an access method",
    "create access method outside_heap type table handler heap_tableam_handler",
    "schema:access method outside_heap#text",
  ),
  byCustomer(
    "a text search configuration",
    "create text search configuration public.outside (copy = simple)",
    "schema:text search configuration public.outside#text",
  ),
  byCustomer(
    "a text search dictionary",
    "create text search dictionary public.outside (template = simple, stopwords = english)",
    "schema:text search dictionary public.outside#text",
  ),
  byCustomer(
    "statistics over two columns",
    "create statistics public.outside on name, status from public.trips",
    "schema:statistics object public.outside#text",
  ),
  byCustomer(
    "a column is kept outside its row",
    "alter table public.trips alter column name set storage external",
    "schema:column public.trips.name#storage",
  ),
  byCustomer(
    "a column is compressed otherwise",
    "alter table public.contacts alter column email set compression pglz",
    "schema:column public.contacts.email#compression",
  ),
  byCustomer(
    "a column is said to be almost unique",
    "alter table public.trips alter column status set (n_distinct = -0.9)",
    "schema:column public.trips.status#options",
  ),
  byCustomer(
    "a column is sampled more closely",
    "alter table public.trips alter column destination set statistics 700",
    "schema:column public.trips.destination#samples",
  ),
  byCustomer(
    "a table is clustered",
    "alter table public.trips cluster on trips_newest_idx",
    "schema:index public.trips_newest_idx#clustered",
  ),
  byCustomer(
    "replication sees whole rows",
    "alter table public.tags replica identity full",
    "schema:table public.tags",
  ),
  byPlatform(
    "an index is invalid",
    "update pg_index set indisvalid = false where indexrelid = 'public.contacts_owner_idx'::regclass",
    "schema:index public.contacts_owner_idx",
  ),
  byCustomer(
    "a check was never made",
    "alter table public.tags add constraint outside check (name <> 'x') not valid",
    "schema:constraint public.tags.outside",
  ),
  byPlatform(
    "foreign keys are not enforced",
    "alter table public.activity_suppliers disable trigger all",
    "schema:triggers of table public.activity_suppliers#foreign keys",
    "schema:trigger public.activity_suppliers.touch",
  ),
  byPlatform(
    "a function that belongs to the platform",
    "create function public.outside_of_platform() returns int language sql as 'select 1'",
    "schema:function public.outside_of_platform()#owner",
  ),
  byCustomer("an index by hand", "create index outside on public.trips (destination)", "schema:index public.outside"),
  byCustomer(
    "a policy for everybody",
    "create policy outside on public.trips for select to anon using (true)",
    "schema:policy public.trips.outside",
  ),
  byCustomer(
    "row security is off",
    "alter table public.contacts disable row level security",
    "schema:table public.contacts",
  ),
  byCustomer(
    "anon reads a table",
    "grant select on public.trips to anon",
    "schema:grant to anon on table public.trips",
  ),
  byCustomer(
    "a table by hand",
    "create table public.outside_table (id uuid primary key)",
    "schema:table public.outside_table",
  ),
  byCustomer(
    "a column by hand",
    "alter table public.agencies add column outside text",
    "schema:column public.agencies.outside",
  ),
  byCustomer(
    "a trigger by hand",
    "create trigger outside before insert on public.trips for each row execute function tenancy.touch()",
    "schema:trigger public.trips.outside",
  ),
  byCustomer(
    "a view that reads past row security",
    "create view public.outside_view as select id from public.trips",
    "schema:view public.outside_view",
  ),
  byCustomer(
    "a publication by hand",
    "create publication outside_some for table public.tags",
    "schema:publication outside_some",
  ),
  byCustomer(
    "a table is published",
    "alter publication supabase_realtime add table public.trips",
    "schema:publication table supabase_realtime.public.trips",
  ),
  byCustomer(
    "a trigger on users that calls a function of ours",
    "create trigger outside_ours after insert on auth.users for each row execute function tenancy.touch()",
    "schema:trigger auth.users.outside_ours",
  ),
  byCustomer("a schema by hand", "create schema outside_schema", "schema:schema outside_schema"),
];
