import { byCustomer, type OutsideChange } from "./change.ts";

/** Tables, their triggers and indexes, and who may do what with them. */
export const tables: readonly OutsideChange[] = [
  byCustomer(
    "rows are hidden from the owner too",
    "alter table public.tags force row level security",
    "schema:table public.tags",
  ),
  byCustomer(
    "a trigger fires on replicas too",
    "alter table public.trips enable always trigger touch",
    "schema:trigger public.trips.touch",
  ),
  byCustomer(
    "a trigger fires on replicas alone",
    "alter table public.contacts enable replica trigger touch",
    "schema:trigger public.contacts.touch",
  ),
  byCustomer(
    "a trigger has another name",
    "alter trigger touch on public.trip_media rename to outside_touch",
    "schema:trigger public.trip_media.outside_touch",
    "schema:trigger public.trip_media.touch",
  ),
  byCustomer(
    "pages are half full",
    "alter table public.agencies set (fillfactor = 50)",
    "schema:table public.agencies",
  ),
  byCustomer(
    "a table is not vacuumed",
    "alter table public.itineraries set (autovacuum_enabled = false)",
    "schema:table public.itineraries",
  ),
  byCustomer(
    "long values are not vacuumed",
    "alter table public.trips set (toast.autovacuum_enabled = false)",
    "schema:table public.trips#options of its TOAST table",
  ),
  byCustomer("a table is not logged", "alter table public.email_logs set unlogged", "schema:table public.email_logs"),
  byCustomer(
    "an index has room",
    "alter index public.contacts_owner_idx set (fillfactor = 30)",
    "schema:index public.contacts_owner_idx",
  ),
  byCustomer("an index is gone", "drop index public.trips_newest_idx", "schema:index public.trips_newest_idx"),
  byCustomer(
    "anon reads one column",
    "grant select (name) on public.tags to anon",
    "schema:grant to anon on table public.tags (name)",
  ),
  byCustomer(
    "anon writes one column",
    "grant update (email) on public.contacts to anon",
    "schema:grant to anon on table public.contacts (email)",
  ),
  byCustomer(
    "anon vacuums",
    "grant maintain on public.contact_tags to anon",
    "schema:grant to anon on table public.contact_tags",
  ),
  byCustomer(
    "authenticated hands on what it may",
    "grant select on public.trip_orders to authenticated with grant option",
    "schema:grant to authenticated on table public.trip_orders",
  ),
  byCustomer(
    "service_role does not read a table",
    "revoke select on public.agencies from service_role",
    "schema:grant to service_role on table public.agencies",
  ),
  byCustomer(
    "the owner does not delete",
    "revoke delete on public.contact_tags from postgres",
    "schema:grant to postgres on table public.contact_tags",
  ),
  byCustomer(
    "a remark on a column",
    "comment on column public.trips.name is 'outside'",
    "schema:comment on column public.trips.name",
  ),
  byCustomer(
    "a remark on a trigger",
    "comment on trigger touch on public.tags is 'outside'",
    "schema:comment on trigger public.tags.touch",
  ),
  byCustomer(
    "a remark on a policy",
    "comment on policy tags_select on public.tags is 'outside'",
    "schema:comment on policy public.tags.tags_select",
  ),
  byCustomer(
    "a remark on a constraint",
    "comment on constraint tags_pkey on public.tags is 'outside'",
    "schema:comment on constraint public.tags.tags_pkey",
  ),
  byCustomer(
    "a child of a table",
    "create table public.outside_child () inherits (public.port_info_details)",
    "schema:table public.outside_child",
  ),
  byCustomer(
    "a rule",
    "create rule outside as on insert to public.tags do also nothing",
    "schema:rule public.tags.outside",
  ),
  byCustomer(
    "a partitioned table",
    "create table public.outside_parts (id int) partition by list (id)",
    "schema:table public.outside_parts",
  ),
  byCustomer(
    "an index is sampled more closely",
    "alter index public.contact_relationships_pair_key alter column 1 set statistics 900",
    "schema:index public.contact_relationships_pair_key#samples of column 1",
  ),
];
