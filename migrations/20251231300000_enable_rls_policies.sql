-- Row-level security: denied unless a policy allows it. Written from db/schema/decisions.ts.
ALTER TABLE "activity_documents" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_media" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_pricing" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_pricing_items" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_suppliers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_travelers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "activity_traveller_splits" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "agencies" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "api_credentials" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "api_provider_configs" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contact_addresses" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contact_documents" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contact_relationships" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contact_tags" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contacts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "currency_exchange_rates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "custom_cruise_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "dining_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "email_logs" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "email_templates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "expected_payment_items" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "flight_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "flight_segments" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "itineraries" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "itinerary_activities" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "itinerary_days" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "itinerary_templates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lodging_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "options_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "package_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "package_templates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "payment_schedule_audit_log" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "payment_schedule_template_items" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "payment_schedule_templates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "payment_transactions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "port_info_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "service_fees" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "tags" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "transportation_details" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_insurance_packages" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_media" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_orders" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_tags" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_traveler_insurance" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trip_travelers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "trips" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "user_profiles" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "activity_documents_select" ON "activity_documents" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_documents_insert" ON "activity_documents" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_documents_update" ON "activity_documents" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_documents_delete" ON "activity_documents" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_media_select" ON "activity_media" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_media_insert" ON "activity_media" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_media_update" ON "activity_media" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_media_delete" ON "activity_media" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_select" ON "activity_pricing" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_insert" ON "activity_pricing" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_update" ON "activity_pricing" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_delete" ON "activity_pricing" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_items_select" ON "activity_pricing_items" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_items_insert" ON "activity_pricing_items" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_items_update" ON "activity_pricing_items" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_pricing_items_delete" ON "activity_pricing_items" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_suppliers_select" ON "activity_suppliers" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_suppliers_insert" ON "activity_suppliers" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_suppliers_update" ON "activity_suppliers" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_suppliers_delete" ON "activity_suppliers" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_travelers_select" ON "activity_travelers" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_travelers_insert" ON "activity_travelers" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_travelers_update" ON "activity_travelers" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_travelers_delete" ON "activity_travelers" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_traveller_splits_select" ON "activity_traveller_splits" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_traveller_splits_insert" ON "activity_traveller_splits" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_traveller_splits_update" ON "activity_traveller_splits" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "activity_traveller_splits_delete" ON "activity_traveller_splits" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "agencies_auth_hook" ON "agencies" AS PERMISSIVE FOR SELECT TO "supabase_auth_admin" USING (true);
--> statement-breakpoint
CREATE POLICY "agencies_select" ON "agencies" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "agencies_update" ON "agencies" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = (select tenancy.admin_agency_id())) WITH CHECK (id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "api_provider_configs_select" ON "api_provider_configs" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "api_provider_configs_insert" ON "api_provider_configs" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "api_provider_configs_update" ON "api_provider_configs" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id())) WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "api_provider_configs_delete" ON "api_provider_configs" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_addresses_select" ON "contact_addresses" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_addresses_insert" ON "contact_addresses" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_addresses_update" ON "contact_addresses" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_addresses_delete" ON "contact_addresses" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_documents_select" ON "contact_documents" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_documents_insert" ON "contact_documents" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_documents_update" ON "contact_documents" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_documents_delete" ON "contact_documents" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_relationships_select" ON "contact_relationships" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_relationships_insert" ON "contact_relationships" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_relationships_update" ON "contact_relationships" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_relationships_delete" ON "contact_relationships" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_tags_select" ON "contact_tags" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_tags_insert" ON "contact_tags" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_tags_update" ON "contact_tags" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contact_tags_delete" ON "contact_tags" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contacts_select" ON "contacts" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contacts_insert" ON "contacts" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contacts_update" ON "contacts" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "contacts_delete" ON "contacts" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "currency_exchange_rates_select" ON "currency_exchange_rates" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select tenancy.agency_id()) is not null);
--> statement-breakpoint
CREATE POLICY "custom_cruise_details_select" ON "custom_cruise_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "custom_cruise_details_insert" ON "custom_cruise_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "custom_cruise_details_update" ON "custom_cruise_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "custom_cruise_details_delete" ON "custom_cruise_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "dining_details_select" ON "dining_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "dining_details_insert" ON "dining_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "dining_details_update" ON "dining_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "dining_details_delete" ON "dining_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "email_logs_select" ON "email_logs" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "email_logs_insert" ON "email_logs" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "email_templates_select" ON "email_templates" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "email_templates_insert" ON "email_templates" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "email_templates_update" ON "email_templates" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id())) WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "email_templates_delete" ON "email_templates" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "expected_payment_items_select" ON "expected_payment_items" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "expected_payment_items_insert" ON "expected_payment_items" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "expected_payment_items_update" ON "expected_payment_items" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "expected_payment_items_delete" ON "expected_payment_items" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_details_select" ON "flight_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_details_insert" ON "flight_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_details_update" ON "flight_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_details_delete" ON "flight_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_segments_select" ON "flight_segments" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_segments_insert" ON "flight_segments" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_segments_update" ON "flight_segments" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "flight_segments_delete" ON "flight_segments" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itineraries_select" ON "itineraries" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itineraries_insert" ON "itineraries" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itineraries_update" ON "itineraries" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itineraries_delete" ON "itineraries" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_activities_select" ON "itinerary_activities" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_activities_insert" ON "itinerary_activities" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_activities_update" ON "itinerary_activities" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_activities_delete" ON "itinerary_activities" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_days_select" ON "itinerary_days" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_days_insert" ON "itinerary_days" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_days_update" ON "itinerary_days" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_days_delete" ON "itinerary_days" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_templates_select" ON "itinerary_templates" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_templates_insert" ON "itinerary_templates" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_templates_update" ON "itinerary_templates" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "itinerary_templates_delete" ON "itinerary_templates" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "lodging_details_select" ON "lodging_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "lodging_details_insert" ON "lodging_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "lodging_details_update" ON "lodging_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "lodging_details_delete" ON "lodging_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "options_details_select" ON "options_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "options_details_insert" ON "options_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "options_details_update" ON "options_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "options_details_delete" ON "options_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_details_select" ON "package_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_details_insert" ON "package_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_details_update" ON "package_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_details_delete" ON "package_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_templates_select" ON "package_templates" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_templates_insert" ON "package_templates" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_templates_update" ON "package_templates" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "package_templates_delete" ON "package_templates" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_audit_log_select" ON "payment_schedule_audit_log" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_template_items_select" ON "payment_schedule_template_items" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_template_items_insert" ON "payment_schedule_template_items" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_template_items_update" ON "payment_schedule_template_items" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id())) WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_template_items_delete" ON "payment_schedule_template_items" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_templates_select" ON "payment_schedule_templates" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_templates_insert" ON "payment_schedule_templates" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_templates_update" ON "payment_schedule_templates" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id())) WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_schedule_templates_delete" ON "payment_schedule_templates" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_transactions_select" ON "payment_transactions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_transactions_insert" ON "payment_transactions" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "payment_transactions_update" ON "payment_transactions" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.admin_agency_id())) WITH CHECK (agency_id = (select tenancy.admin_agency_id()));
--> statement-breakpoint
CREATE POLICY "port_info_details_select" ON "port_info_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "port_info_details_insert" ON "port_info_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "port_info_details_update" ON "port_info_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "port_info_details_delete" ON "port_info_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "service_fees_select" ON "service_fees" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "service_fees_insert" ON "service_fees" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "service_fees_update" ON "service_fees" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "service_fees_delete" ON "service_fees" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "tags_select" ON "tags" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "tags_insert" ON "tags" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "tags_update" ON "tags" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "tags_delete" ON "tags" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "transportation_details_select" ON "transportation_details" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "transportation_details_insert" ON "transportation_details" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "transportation_details_update" ON "transportation_details" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "transportation_details_delete" ON "transportation_details" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_insurance_packages_select" ON "trip_insurance_packages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_insurance_packages_insert" ON "trip_insurance_packages" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_insurance_packages_update" ON "trip_insurance_packages" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_insurance_packages_delete" ON "trip_insurance_packages" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_media_select" ON "trip_media" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_media_insert" ON "trip_media" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_media_update" ON "trip_media" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_media_delete" ON "trip_media" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_orders_select" ON "trip_orders" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_orders_insert" ON "trip_orders" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_tags_select" ON "trip_tags" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_tags_insert" ON "trip_tags" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_tags_update" ON "trip_tags" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_tags_delete" ON "trip_tags" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_traveler_insurance_select" ON "trip_traveler_insurance" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_traveler_insurance_insert" ON "trip_traveler_insurance" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_traveler_insurance_update" ON "trip_traveler_insurance" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_traveler_insurance_delete" ON "trip_traveler_insurance" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_travelers_select" ON "trip_travelers" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_travelers_insert" ON "trip_travelers" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_travelers_update" ON "trip_travelers" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trip_travelers_delete" ON "trip_travelers" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trips_select" ON "trips" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trips_insert" ON "trips" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trips_update" ON "trips" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (agency_id = (select tenancy.agency_id())) WITH CHECK (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "trips_delete" ON "trips" AS PERMISSIVE FOR DELETE TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "user_profiles_auth_hook" ON "user_profiles" AS PERMISSIVE FOR SELECT TO "supabase_auth_admin" USING (true);
--> statement-breakpoint
CREATE POLICY "user_profiles_select" ON "user_profiles" AS PERMISSIVE FOR SELECT TO "authenticated" USING (agency_id = (select tenancy.agency_id()));
--> statement-breakpoint
CREATE POLICY "user_profiles_update" ON "user_profiles" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = (select tenancy.user_id())) WITH CHECK (id = (select tenancy.user_id()));
