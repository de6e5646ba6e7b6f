import { inSchema } from "./in-schema.ts";

/** Indexes, triggers, policies, functions, types, views, sequences, and what else a schema holds. */
export const schemaObjects = [
  inSchema({
    name: "an index made by hand",
    sql: "create index trips_by_hand on public.trips (destination)",
    object: "index public.trips_by_hand",
  }),
  inSchema({
    name: "a unique index made by hand",
    sql: "create unique index contacts_by_hand on public.contacts (id, email)",
    object: "index public.contacts_by_hand",
  }),
  inSchema({
    name: "an index is dropped",
    sql: "drop index public.trips_newest_idx",
    object: "index public.trips_newest_idx",
  }),
  inSchema({
    name: "an index has other columns",
    sql: "drop index public.trips_status_idx; create index trips_status_idx on public.trips (agency_id, status)",
    object: "index public.trips_status_idx",
  }),
  inSchema({
    name: "an index is renamed",
    sql: "alter index public.contacts_email_idx rename to contacts_mail_idx",
    object: ["index public.contacts_email_idx", "index public.contacts_mail_idx"],
    back: "alter index public.contacts_mail_idx rename to contacts_email_idx",
  }),
  inSchema({
    name: "an index was left invalid",
    sql: "update pg_index set indisvalid = false where indexrelid = 'public.contacts_owner_idx'::regclass",
    object: "index public.contacts_owner_idx",
    back: "update pg_index set indisvalid = true where indexrelid = 'public.contacts_owner_idx'::regclass",
    platform: true,
  }),
  inSchema({
    name: "a trigger is disabled",
    sql: "alter table public.agencies disable trigger touch",
    object: "trigger public.agencies.touch",
  }),
  inSchema({
    name: "a trigger of the audit log no longer fires always",
    sql: "alter table public.payment_schedule_audit_log enable trigger payment_schedule_audit_log_append_only",
    object: "trigger public.payment_schedule_audit_log.payment_schedule_audit_log_append_only",
  }),
  inSchema({
    name: "a constraint trigger fires on replicas only",
    sql: "alter table public.activity_traveller_splits enable replica trigger activity_traveller_splits_add_up",
    object: "trigger public.activity_traveller_splits.activity_traveller_splits_add_up",
  }),
  inSchema({
    name: "foreign keys are not enforced",
    sql: "alter table public.activity_suppliers disable trigger all",
    object: ["triggers of table public.activity_suppliers", "trigger public.activity_suppliers.touch"],
    back: "alter table public.activity_suppliers enable trigger all",
    platform: true,
  }),
  inSchema({
    name: "a trigger is dropped",
    sql: "drop trigger touch on public.tags",
    object: "trigger public.tags.touch",
  }),
  inSchema({
    name: "a trigger that are not declared",
    sql: "create trigger by_hand before insert on public.trips for each row execute function tenancy.touch()",
    object: "trigger public.trips.by_hand",
  }),
  inSchema({
    name: "a trigger fires on fewer events",
    sql: `drop trigger itinerary_activities_parent on public.itinerary_activities;
      create trigger itinerary_activities_parent before insert on public.itinerary_activities for each row
      execute function tenancy.check_parent_activity()`,
    object: "trigger public.itinerary_activities.itinerary_activities_parent",
  }),
  inSchema({
    name: "a policy lets everybody see all",
    sql: "alter policy contacts_select on public.contacts using (true)",
    object: "policy public.contacts.contacts_select",
  }),
  inSchema({
    name: "a policy is for anon too",
    sql: "alter policy tags_select on public.tags to authenticated, anon",
    object: "policy public.tags.tags_select",
  }),
  inSchema({
    name: "a policy is dropped",
    sql: "drop policy trip_tags_insert on public.trip_tags",
    object: "policy public.trip_tags.trip_tags_insert",
  }),
  inSchema({
    name: "a policy that are not declared",
    sql: "create policy by_hand on public.user_profiles for update to authenticated using (true)",
    object: "policy public.user_profiles.by_hand",
  }),
  inSchema({
    name: "a policy is restrictive",
    sql: `drop policy trip_orders_insert on public.trip_orders;
      create policy trip_orders_insert on public.trip_orders as restrictive for insert to authenticated with check (true)`,
    object: "policy public.trip_orders.trip_orders_insert",
  }),
  inSchema({
    name: "a function does something else",
    sql: `create or replace function tenancy.agency_id() returns uuid language plpgsql stable parallel safe security definer
      set search_path = '' as 'begin return null; end'`,
    object: "function tenancy.agency_id()",
  }),
  inSchema({
    name: "a function runs as its owner",
    sql: "alter function public.search_contacts(text, integer) security definer",
    object: "function public.search_contacts(text, integer)",
  }),
  inSchema({
    name: "a function has the search_path of its caller",
    sql: "alter function tenancy.check_splits() reset search_path",
    object: "function tenancy.check_splits()",
  }),
  inSchema({
    name: "a function that are not declared runs as its owner",
    sql: "create function public.by_hand() returns int language sql security definer as 'select 1'",
    object: "function public.by_hand()",
  }),
  inSchema({
    name: "a function is said to be stable",
    sql: "alter function tenancy.refuse_change() stable",
    object: "function tenancy.refuse_change()",
  }),
  inSchema({
    name: "an unused function is dropped",
    sql: "drop function tenancy.read_api_credential(uuid)",
    object: "function tenancy.read_api_credential(uuid)",
  }),
  inSchema({
    name: "an enum has a further label",
    sql: "alter type public.media_type add value 'hologram'",
    object: "type public.media_type",
    back: `delete from pg_enum where enumlabel = 'hologram'`,
    platform: true,
  }),
  inSchema({
    name: "a label of an enum is renamed",
    sql: "alter type public.address_type rename value 'other' to 'elsewhere'",
    object: "type public.address_type",
    back: "alter type public.address_type rename value 'elsewhere' to 'other'",
  }),
  inSchema({
    name: "an enum that are not declared",
    sql: "create type public.by_hand_kind as enum ('one', 'two')",
    object: "type public.by_hand_kind",
  }),
  inSchema({
    name: "a domain that are not declared",
    sql: "create domain public.by_hand_domain as text check (value <> '')",
    object: "domain public.by_hand_domain",
  }),
  inSchema({
    name: "a view that reads past row-level security",
    sql: "create view public.everything as select id, name from public.trips",
    object: "view public.everything",
  }),
  inSchema({
    name: "a materialized view",
    sql: "create materialized view public.frozen as select 1 as one",
    object: "materialized view public.frozen",
  }),
  inSchema({
    name: "a sequence that are not declared",
    sql: "create sequence public.by_hand_numbers",
    object: "sequence public.by_hand_numbers",
  }),
  inSchema({
    name: "a schema that are not declared",
    sql: "create schema by_hand",
    object: "schema by_hand",
  }),
  inSchema({
    name: "an extension that are not declared",
    sql: "create extension citext with schema extensions",
    object: "extension citext",
  }),
  inSchema({
    name: "a comment says something else",
    sql: "comment on function tenancy.user_id() is 'not known'",
    object: "comment on function tenancy.user_id()",
  }),
  inSchema({
    name: "a comment that are not declared",
    sql: "comment on table public.trips is 'made by hand'",
    object: "comment on table public.trips",
  }),
  inSchema({
    name: "a table is published",
    sql: "alter publication supabase_realtime add table public.trips",
    object: "publication table supabase_realtime.public.trips",
  }),
  inSchema({
    name: "a publication that are not declared",
    sql: "create publication by_hand for table public.tags",
    object: "publication by_hand",
  }),
  inSchema({
    name: "statistics over two columns",
    sql: "create statistics public.by_hand_statistics on name, status from public.trips",
    object: "statistics object public.by_hand_statistics",
    back: "drop statistics public.by_hand_statistics",
  }),
  inSchema({
    name: "a text search configuration",
    sql: "create text search configuration public.by_hand_search (copy = simple)",
    object: "text search configuration public.by_hand_search",
    back: "drop text search configuration public.by_hand_search",
  }),
  inSchema({
    name: "a function in public that belongs to the platform",
    sql: "create function public.of_the_platform() returns int language sql as 'select 1'",
    object: "function public.of_the_platform()",
    back: "drop function public.of_the_platform()",
    platform: true,
  }),
];
