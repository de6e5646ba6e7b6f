import { inSchema } from "./in-schema.ts";

/** Tables, their columns, defaults and constraints. */
export const tables = [
  inSchema({
    name: "a table that are not declared",
    sql: "create table public.by_hand (id uuid primary key, note text)",
    object: "table public.by_hand",
  }),
  inSchema({
    name: "a table is dropped",
    sql: "drop table public.trip_media",
    object: "table public.trip_media",
  }),
  inSchema({
    name: "a table is renamed",
    sql: "alter table public.dining_details rename to meals",
    object: ["table public.dining_details", "table public.meals"],
    back: "alter table public.meals rename to dining_details",
  }),
  inSchema({
    name: "a table belongs to another role",
    sql: "alter table public.package_details owner to supabase_admin",
    object: "table public.package_details",
    back: "alter table public.package_details owner to postgres",
    platform: true,
  }),
  inSchema({
    name: "a table is not written to the log",
    sql: "alter table public.currency_exchange_rates set unlogged",
    object: "table public.currency_exchange_rates",
  }),
  inSchema({
    name: "a table is moved to another schema",
    sql: "alter table public.port_info_details set schema tenancy",
    object: ["table public.port_info_details", "table tenancy.port_info_details"],
    back: "alter table tenancy.port_info_details set schema public",
  }),
  inSchema({
    name: "row-level security is off",
    sql: "alter table public.trips disable row level security",
    object: "table public.trips",
  }),
  inSchema({
    name: "row-level security binds the owner",
    sql: "alter table public.contacts force row level security",
    object: "table public.contacts",
  }),
  inSchema({
    name: "replication sees whole rows",
    sql: "alter table public.service_fees replica identity full",
    object: "table public.service_fees",
  }),
  inSchema({
    name: "autovacuum leaves a table alone",
    sql: "alter table public.contact_tags set (autovacuum_enabled = off)",
    object: "table public.contact_tags",
  }),
  inSchema({
    name: "a column that are not declared",
    sql: "alter table public.agencies add column by_hand text",
    object: "column public.agencies.by_hand",
  }),
  inSchema({
    name: "a column is dropped",
    sql: "alter table public.trip_insurance_packages drop column created_at",
    object: "column public.trip_insurance_packages.created_at",
  }),
  inSchema({
    name: "a column is renamed",
    sql: "alter table public.itineraries rename column name to title",
    object: ["column public.itineraries.name", "column public.itineraries.title"],
    back: "alter table public.itineraries rename column title to name",
  }),
  inSchema({
    name: "a column has another type",
    sql: "alter table public.package_templates alter column name type text",
    object: "column public.package_templates.name",
  }),
  inSchema({
    name: "a column may be null",
    sql: "alter table public.itinerary_days alter column day_number drop not null",
    object: "column public.itinerary_days.day_number",
  }),
  inSchema({
    name: "a column may no longer be null",
    sql: "alter table public.trip_travelers alter column special_requests set not null",
    object: "column public.trip_travelers.special_requests",
  }),
  inSchema({
    name: "a column gets a default",
    sql: "alter table public.contact_documents alter column expires_on set default now()",
    object: "default public.contact_documents.expires_on",
  }),
  inSchema({
    name: "a default is another",
    sql: "alter table public.itinerary_templates alter column created_at set default '2020-01-01'",
    object: "default public.itinerary_templates.created_at",
  }),
  inSchema({
    name: "a default is gone",
    sql: "alter table public.email_logs alter column created_at drop default",
    object: "default public.email_logs.created_at",
  }),
  inSchema({
    name: "a column numbers itself",
    sql: "alter table public.trip_tags add column number bigint generated always as identity",
    object: "column public.trip_tags.number",
  }),
  inSchema({
    name: "a column is computed",
    sql: "alter table public.flight_details add column twice text generated always as ('x') stored",
    object: "column public.flight_details.twice",
  }),
  inSchema({
    name: "a column is sampled more closely",
    sql: "alter table public.lodging_details alter column created_at set statistics 700",
    object: "column public.lodging_details.created_at",
    back: "alter table public.lodging_details alter column created_at set statistics -1",
  }),
  inSchema({
    name: "a check that are not declared",
    sql: "alter table public.activity_media add constraint by_hand check (id is not null)",
    object: "constraint public.activity_media.by_hand",
  }),
  inSchema({
    name: "a check is gone",
    sql: "alter table public.trips drop constraint trips_dates_check",
    object: "constraint public.trips.trips_dates_check",
  }),
  inSchema({
    name: "a check allows more",
    sql: `alter table public.trips drop constraint trips_currency_check;
      alter table public.trips add constraint trips_currency_check check (currency is not null)`,
    object: "constraint public.trips.trips_currency_check",
  }),
  inSchema({
    name: "a check is not valid",
    sql: `alter table public.trips drop constraint trips_time_zone_check;
      alter table public.trips add constraint trips_time_zone_check check (tenancy.is_time_zone(time_zone)) not valid`,
    object: "constraint public.trips.trips_time_zone_check",
  }),
  inSchema({
    name: "a foreign key is gone",
    sql: "alter table public.contact_addresses drop constraint contact_addresses_contact_fk",
    object: "constraint public.contact_addresses.contact_addresses_contact_fk",
  }),
  inSchema({
    name: "a unique constraint is gone",
    sql: "alter table public.trips drop constraint trips_reference_key",
    object: "constraint public.trips.trips_reference_key",
  }),
  inSchema({
    name: "a foreign key may be broken until the transaction ends",
    sql: "alter table public.contact_tags alter constraint contact_tags_contact_fk deferrable initially deferred",
    object: "constraint public.contact_tags.contact_tags_contact_fk",
  }),
  inSchema({
    name: "a rule swallows rows",
    sql: "create rule nothing as on insert to public.api_provider_configs do instead nothing",
    object: "rule public.api_provider_configs.nothing",
  }),
];
