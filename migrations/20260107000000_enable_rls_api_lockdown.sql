-- What the API roles may do, said table by table: nothing is left to defaults, which differ between old and new projects.
-- Grants say which operations exist, policies (20251231300000) which rows. Written from db/schema/decisions.ts.
revoke all on all tables in schema public from public, anon, authenticated, service_role;
--> statement-breakpoint
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
--> statement-breakpoint
revoke execute on all functions in schema public from public, anon, authenticated, service_role;
--> statement-breakpoint
revoke execute on all functions in schema tenancy from public, anon, authenticated, service_role;
--> statement-breakpoint
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
--> statement-breakpoint
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
--> statement-breakpoint
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
--> statement-breakpoint
alter default privileges revoke execute on functions from public;
--> statement-breakpoint
revoke create on schema public from public;
--> statement-breakpoint
grant usage on schema tenancy to authenticated, service_role;
--> statement-breakpoint
grant execute on function tenancy.agency_id(), tenancy.admin_agency_id(), tenancy.user_id() to authenticated;
--> statement-breakpoint
grant execute on function tenancy.is_time_zone(text) to authenticated, service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_documents to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_documents to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_media to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_media to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_pricing to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_pricing to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_pricing_items to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_pricing_items to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_suppliers to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_suppliers to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_travelers to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_travelers to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_traveller_splits to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.activity_traveller_splits to service_role;
--> statement-breakpoint
grant select on public.agencies to authenticated;
--> statement-breakpoint
grant update (name, updated_at) on public.agencies to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.agencies to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.api_provider_configs to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.api_provider_configs to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_addresses to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_addresses to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_documents to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_documents to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_relationships to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_relationships to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_tags to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.contact_tags to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.contacts to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.contacts to service_role;
--> statement-breakpoint
grant select on public.currency_exchange_rates to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.currency_exchange_rates to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.custom_cruise_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.custom_cruise_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.dining_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.dining_details to service_role;
--> statement-breakpoint
grant select, insert on public.email_logs to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.email_logs to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.email_templates to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.email_templates to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.expected_payment_items to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.expected_payment_items to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.flight_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.flight_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.flight_segments to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.flight_segments to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.itineraries to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.itineraries to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_activities to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_activities to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_days to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_days to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_templates to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.itinerary_templates to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.lodging_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.lodging_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.options_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.options_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.package_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.package_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.package_templates to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.package_templates to service_role;
--> statement-breakpoint
grant select on public.payment_schedule_audit_log to authenticated;
--> statement-breakpoint
grant select on public.payment_schedule_audit_log to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.payment_schedule_template_items to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.payment_schedule_template_items to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.payment_schedule_templates to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.payment_schedule_templates to service_role;
--> statement-breakpoint
grant select, insert, update on public.payment_transactions to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.payment_transactions to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.port_info_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.port_info_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.service_fees to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.service_fees to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.tags to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.tags to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.transportation_details to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.transportation_details to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_insurance_packages to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_insurance_packages to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_media to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_media to service_role;
--> statement-breakpoint
grant select, insert on public.trip_orders to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_orders to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_tags to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_tags to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_traveler_insurance to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_traveler_insurance to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_travelers to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trip_travelers to service_role;
--> statement-breakpoint
grant select, insert, update, delete on public.trips to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.trips to service_role;
--> statement-breakpoint
grant select on public.user_profiles to authenticated;
--> statement-breakpoint
grant update (platform_preferences) on public.user_profiles to authenticated;
--> statement-breakpoint
grant select, insert, update, delete on public.user_profiles to service_role;
--> statement-breakpoint
do $migration$
declare
  open_tables text;
begin
  select string_agg(c.relname, ', ' order by c.relname) into open_tables
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
    and not exists (select 1 from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e');
  if open_tables is not null then
    raise exception using errcode = '55000', message = 'Tables in public without row-level security: ' || open_tables,
      hint = 'Enable it, decide on their policies and grants, then run this again.';
  end if;
end
$migration$;
