-- The tables of the application. Their policies follow in 20251231300000, their grants in 20260107000000.
create schema if not exists tenancy;
--> statement-breakpoint
revoke all on schema tenancy from public;
--> statement-breakpoint
comment on schema tenancy is 'Functions that keep agencies apart. Not exposed by the API.';
--> statement-breakpoint
create extension if not exists pg_trgm with schema extensions;
--> statement-breakpoint
create extension if not exists btree_gin with schema extensions;
--> statement-breakpoint
create function tenancy.is_time_zone(name text) returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $function$
begin
  if name is null then
    return true;
  end if;
  -- Postgres would also take abbreviations and POSIX rules, which say nothing about daylight saving.
  if name !~ '^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+)+)$' then
    return false;
  end if;
  perform timestamptz '2000-01-01 00:00:00+00' at time zone name;
  return true;
exception
  when invalid_parameter_value then
    return false;
end
$function$;
--> statement-breakpoint
CREATE TYPE "public"."activity_status" AS ENUM('proposed', 'confirmed', 'completed', 'cancelled');
--> statement-breakpoint
CREATE TYPE "public"."address_type" AS ENUM('home', 'work', 'billing', 'other');
--> statement-breakpoint
CREATE TYPE "public"."audit_action" AS ENUM('insert', 'update', 'delete');
--> statement-breakpoint
CREATE TYPE "public"."component_type" AS ENUM('flight', 'cruise', 'lodging', 'transportation', 'dining', 'entertainment', 'excursion', 'insurance', 'custom', 'port_info');
--> statement-breakpoint
CREATE TYPE "public"."email_status" AS ENUM('queued', 'sent', 'delivered', 'bounced', 'failed');
--> statement-breakpoint
CREATE TYPE "public"."identity_document_type" AS ENUM('passport', 'visa', 'id_card', 'licence', 'other');
--> statement-breakpoint
CREATE TYPE "public"."insurance_status" AS ENUM('offered', 'accepted', 'declined', 'own_insurance');
--> statement-breakpoint
CREATE TYPE "public"."media_type" AS ENUM('image', 'video', 'document');
--> statement-breakpoint
CREATE TYPE "public"."payment_item_status" AS ENUM('pending', 'partial', 'paid', 'overdue', 'waived');
--> statement-breakpoint
CREATE TYPE "public"."payment_method" AS ENUM('card', 'bank_transfer', 'cheque', 'cash', 'supplier_direct');
--> statement-breakpoint
CREATE TYPE "public"."payment_transaction_status" AS ENUM('pending', 'succeeded', 'failed');
--> statement-breakpoint
CREATE TYPE "public"."payment_transaction_type" AS ENUM('payment', 'refund', 'adjustment');
--> statement-breakpoint
CREATE TYPE "public"."pricing_item_type" AS ENUM('base', 'tax', 'fee', 'discount', 'commission_adjustment');
--> statement-breakpoint
CREATE TYPE "public"."relationship_type" AS ENUM('spouse', 'partner', 'parent_child', 'sibling', 'friend', 'colleague', 'other');
--> statement-breakpoint
CREATE TYPE "public"."service_fee_status" AS ENUM('draft', 'sent', 'paid', 'refunded', 'cancelled');
--> statement-breakpoint
CREATE TYPE "public"."traveler_type" AS ENUM('adult', 'child', 'infant');
--> statement-breakpoint
CREATE TYPE "public"."trip_status" AS ENUM('draft', 'quoted', 'booked', 'travelling', 'completed', 'cancelled');
--> statement-breakpoint
CREATE TYPE "public"."user_role" AS ENUM('user', 'admin');
--> statement-breakpoint
CREATE TYPE "public"."user_status" AS ENUM('pending', 'active', 'suspended');
--> statement-breakpoint
CREATE TABLE "activity_documents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"file_name" varchar(255) NOT NULL,
	"storage_path" text NOT NULL,
	"content_type" varchar(127) NOT NULL,
	"size_bytes" bigint NOT NULL,
	"is_visible_to_client" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_documents_size_check" CHECK ("activity_documents"."size_bytes" >= 0)
);
--> statement-breakpoint
CREATE TABLE "activity_media" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"media_type" "media_type" NOT NULL,
	"storage_path" text NOT NULL,
	"caption" varchar(500),
	"is_cover" boolean DEFAULT false NOT NULL,
	"sort_order" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_media_type_check" CHECK ("activity_media"."media_type" <> 'document')
);
--> statement-breakpoint
CREATE TABLE "activity_pricing" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"total_price" numeric(12, 2) NOT NULL,
	"taxes_and_fees" numeric(12, 2) DEFAULT '0' NOT NULL,
	"commission_rate" numeric(7, 4),
	"commission_amount" numeric(12, 2) DEFAULT '0' NOT NULL,
	"booked_on" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_pricing_activity_key" UNIQUE("agency_id","trip_id","activity_id"),
	CONSTRAINT "activity_pricing_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "activity_pricing_amounts_check" CHECK ("activity_pricing"."total_price" >= 0 and "activity_pricing"."taxes_and_fees" between 0 and "activity_pricing"."total_price"),
	CONSTRAINT "activity_pricing_rate_check" CHECK ("activity_pricing"."commission_rate" between 0 and 100),
	CONSTRAINT "activity_pricing_currency_check" CHECK ("activity_pricing"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "activity_pricing_items" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"activity_pricing_id" uuid NOT NULL,
	"item_type" "pricing_item_type" DEFAULT 'base' NOT NULL,
	"description" varchar(255) NOT NULL,
	"quantity" integer DEFAULT 1 NOT NULL,
	"unit_amount" numeric(12, 2) NOT NULL,
	"total_amount" numeric(12, 2) NOT NULL,
	"sort_order" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_pricing_items_total_check" CHECK ("activity_pricing_items"."total_amount" = "activity_pricing_items"."quantity" * "activity_pricing_items"."unit_amount"),
	CONSTRAINT "activity_pricing_items_quantity_check" CHECK ("activity_pricing_items"."quantity" > 0)
);
--> statement-breakpoint
CREATE TABLE "activity_suppliers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"name" varchar(255) NOT NULL,
	"supplier_code" varchar(50),
	"contact_name" varchar(255),
	"email" varchar(320),
	"phone" varchar(32),
	"confirmation_number" varchar(100),
	"is_primary" boolean DEFAULT true NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "activity_travelers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"trip_traveler_id" uuid NOT NULL,
	"seat_or_room" varchar(50),
	"ticket_number" varchar(50),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_travelers_key" UNIQUE("agency_id","trip_id","activity_id","trip_traveler_id")
);
--> statement-breakpoint
CREATE TABLE "activity_traveller_splits" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"trip_traveler_id" uuid NOT NULL,
	"amount" numeric(12, 2) NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "activity_traveller_splits_key" UNIQUE("agency_id","trip_id","activity_id","trip_traveler_id"),
	CONSTRAINT "activity_traveller_splits_amount_check" CHECK ("activity_traveller_splits"."amount" >= 0),
	CONSTRAINT "activity_traveller_splits_currency_check" CHECK ("activity_traveller_splits"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "agencies" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" varchar(255) NOT NULL,
	"slug" varchar(100),
	"is_active" boolean DEFAULT true,
	"created_at" timestamp with time zone DEFAULT now(),
	"updated_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "agencies_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "api_credentials" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"provider" varchar(100) NOT NULL,
	"name" varchar(100) DEFAULT 'default' NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"last_four" varchar(4),
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_credentials_key" UNIQUE("agency_id","provider","name")
);
--> statement-breakpoint
CREATE TABLE "api_provider_configs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"provider" varchar(100) NOT NULL,
	"is_enabled" boolean DEFAULT false NOT NULL,
	"base_url" text,
	"rate_limit_per_minute" integer,
	"timeout_ms" integer DEFAULT 10000 NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_provider_configs_key" UNIQUE("agency_id","provider"),
	CONSTRAINT "api_provider_configs_limits_check" CHECK ("api_provider_configs"."rate_limit_per_minute" > 0 and "api_provider_configs"."timeout_ms" > 0),
	CONSTRAINT "api_provider_configs_url_check" CHECK ("api_provider_configs"."base_url" ~ '^https://')
);
--> statement-breakpoint
CREATE TABLE "contact_addresses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"address_type" "address_type" DEFAULT 'home' NOT NULL,
	"is_primary" boolean DEFAULT false NOT NULL,
	"line1" varchar(255) NOT NULL,
	"line2" varchar(255),
	"city" varchar(100) NOT NULL,
	"region" varchar(100),
	"postal_code" varchar(20),
	"country_code" char(2) DEFAULT 'CA' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contact_documents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"document_type" "identity_document_type" NOT NULL,
	"document_number" varchar(64) NOT NULL,
	"issuing_country" char(2) NOT NULL,
	"issued_on" date,
	"expires_on" date,
	"storage_path" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_documents_dates_check" CHECK ("contact_documents"."expires_on" > "contact_documents"."issued_on")
);
--> statement-breakpoint
CREATE TABLE "contact_relationships" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"related_contact_id" uuid NOT NULL,
	"relationship_type" "relationship_type" NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_relationships_other_check" CHECK ("contact_relationships"."contact_id" <> "contact_relationships"."related_contact_id")
);
--> statement-breakpoint
CREATE TABLE "contact_tags" (
	"agency_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_tags_pk" PRIMARY KEY("agency_id","contact_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"owner_id" uuid,
	"first_name" varchar(100) NOT NULL,
	"middle_name" varchar(100),
	"last_name" varchar(100) NOT NULL,
	"full_name" text GENERATED ALWAYS AS (lower((first_name)::text || ' '::text || coalesce((middle_name)::text || ' '::text, ''::text) || (last_name)::text)) STORED NOT NULL,
	"preferred_name" varchar(100),
	"email" varchar(320),
	"phone" varchar(32),
	"date_of_birth" date,
	"nationality" char(2),
	"language" varchar(10),
	"marketing_consent_at" timestamp with time zone,
	"preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contacts_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "contacts_email_check" CHECK ("contacts"."email" ~ '^[^@[:space:]]+@[^@[:space:]]+$')
);
--> statement-breakpoint
CREATE TABLE "currency_exchange_rates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"base_currency" char(3) NOT NULL,
	"quote_currency" char(3) NOT NULL,
	"rate" numeric(18, 8) NOT NULL,
	"rate_date" date NOT NULL,
	"source" varchar(100) NOT NULL,
	"fetched_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "currency_exchange_rates_key" UNIQUE("base_currency","quote_currency","rate_date","source"),
	CONSTRAINT "currency_exchange_rates_rate_check" CHECK ("currency_exchange_rates"."rate" > 0 and "currency_exchange_rates"."base_currency" <> "currency_exchange_rates"."quote_currency"),
	CONSTRAINT "currency_exchange_rates_base_check" CHECK ("currency_exchange_rates"."base_currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "currency_exchange_rates_quote_check" CHECK ("currency_exchange_rates"."quote_currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "custom_cruise_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'cruise' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"catalog_sailing_id" uuid,
	"line_name" varchar(255) NOT NULL,
	"ship_name" varchar(255) NOT NULL,
	"voyage_code" varchar(50),
	"embark_port" varchar(255) NOT NULL,
	"disembark_port" varchar(255) NOT NULL,
	"sail_date" date NOT NULL,
	"end_date" date NOT NULL,
	"cabin_category" varchar(20),
	"cabin_number" varchar(20),
	"dining_seating" varchar(50),
	CONSTRAINT "custom_cruise_details_component_type_check" CHECK ("custom_cruise_details"."component_type" in ('cruise')),
	CONSTRAINT "custom_cruise_details_dates_check" CHECK ("custom_cruise_details"."end_date" >= "custom_cruise_details"."sail_date")
);
--> statement-breakpoint
CREATE TABLE "dining_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'dining' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"restaurant_name" varchar(255) NOT NULL,
	"cuisine" varchar(100),
	"party_size" smallint,
	"dress_code" varchar(100),
	"dietary_notes" text,
	CONSTRAINT "dining_details_component_type_check" CHECK ("dining_details"."component_type" in ('dining')),
	CONSTRAINT "dining_details_party_check" CHECK ("dining_details"."party_size" > 0)
);
--> statement-breakpoint
CREATE TABLE "email_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"template_id" uuid,
	"trip_id" uuid,
	"contact_id" uuid,
	"sent_by_id" uuid,
	"to_addresses" text[] NOT NULL,
	"subject" varchar(500) NOT NULL,
	"status" "email_status" DEFAULT 'queued' NOT NULL,
	"provider_message_id" varchar(255),
	"error_message" text,
	"sent_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_logs_recipients_check" CHECK (cardinality("email_logs"."to_addresses") > 0),
	CONSTRAINT "email_logs_sent_check" CHECK ("email_logs"."status" not in ('sent', 'delivered') or "email_logs"."sent_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "email_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"slug" varchar(100) NOT NULL,
	"name" varchar(255) NOT NULL,
	"subject" varchar(500) NOT NULL,
	"body_html" text NOT NULL,
	"body_text" text,
	"variables" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_templates_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "email_templates_slug_key" UNIQUE("agency_id","slug")
);
--> statement-breakpoint
CREATE TABLE "expected_payment_items" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"activity_id" uuid,
	"description" varchar(255) NOT NULL,
	"due_date" date NOT NULL,
	"amount" numeric(12, 2) NOT NULL,
	"paid_amount" numeric(12, 2) DEFAULT '0' NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"status" "payment_item_status" DEFAULT 'pending' NOT NULL,
	"sequence" smallint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "expected_payment_items_trip_key" UNIQUE("agency_id","trip_id","id"),
	CONSTRAINT "expected_payment_items_amount_check" CHECK ("expected_payment_items"."amount" > 0 and "expected_payment_items"."paid_amount" >= 0),
	CONSTRAINT "expected_payment_items_paid_check" CHECK ("expected_payment_items"."status" <> 'paid' or "expected_payment_items"."paid_amount" >= "expected_payment_items"."amount"),
	CONSTRAINT "expected_payment_items_currency_check" CHECK ("expected_payment_items"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "flight_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'flight' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"booking_reference" varchar(20),
	"fare_class" varchar(50),
	"baggage_allowance" varchar(255),
	"ticketed_at" timestamp with time zone,
	CONSTRAINT "flight_details_agency_key" UNIQUE("agency_id","activity_id"),
	CONSTRAINT "flight_details_component_type_check" CHECK ("flight_details"."component_type" in ('flight'))
);
--> statement-breakpoint
CREATE TABLE "flight_segments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"activity_id" uuid NOT NULL,
	"segment_number" smallint NOT NULL,
	"carrier_code" varchar(3) NOT NULL,
	"flight_number" varchar(10) NOT NULL,
	"departure_airport" varchar(3) NOT NULL,
	"departs_at" timestamp with time zone NOT NULL,
	"departure_time_zone" varchar(64) NOT NULL,
	"arrival_airport" varchar(3) NOT NULL,
	"arrives_at" timestamp with time zone NOT NULL,
	"arrival_time_zone" varchar(64) NOT NULL,
	"aircraft" varchar(50),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "flight_segments_key" UNIQUE("agency_id","activity_id","segment_number"),
	CONSTRAINT "flight_segments_times_check" CHECK ("flight_segments"."arrives_at" > "flight_segments"."departs_at"),
	CONSTRAINT "flight_segments_airports_check" CHECK ("flight_segments"."departure_airport" ~ '^[A-Z]{3}$' and "flight_segments"."arrival_airport" ~ '^[A-Z]{3}$'),
	CONSTRAINT "flight_segments_time_zones_check" CHECK (tenancy.is_time_zone("flight_segments"."departure_time_zone") and tenancy.is_time_zone("flight_segments"."arrival_time_zone"))
);
--> statement-breakpoint
CREATE TABLE "itineraries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"name" varchar(255) NOT NULL,
	"overview" text,
	"start_date" date,
	"end_date" date,
	"is_selected" boolean DEFAULT false NOT NULL,
	"sort_order" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "itineraries_trip_key" UNIQUE("agency_id","trip_id","id"),
	CONSTRAINT "itineraries_dates_check" CHECK ("itineraries"."end_date" >= "itineraries"."start_date")
);
--> statement-breakpoint
CREATE TABLE "itinerary_activities" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"itinerary_id" uuid NOT NULL,
	"itinerary_day_id" uuid,
	"component_type" "component_type" NOT NULL,
	"parent_activity_id" uuid,
	"status" "activity_status" DEFAULT 'proposed' NOT NULL,
	"name" varchar(255) NOT NULL,
	"description" text,
	"starts_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"time_zone" varchar(64),
	"location" varchar(255),
	"confirmation_number" varchar(100),
	"sort_order" smallint DEFAULT 0 NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "itinerary_activities_itinerary_key" UNIQUE("agency_id","itinerary_id","id"),
	CONSTRAINT "itinerary_activities_trip_key" UNIQUE("agency_id","trip_id","id"),
	CONSTRAINT "itinerary_activities_type_key" UNIQUE("agency_id","id","component_type"),
	CONSTRAINT "itinerary_activities_times_check" CHECK ("itinerary_activities"."ends_at" >= "itinerary_activities"."starts_at"),
	CONSTRAINT "itinerary_activities_zone_check" CHECK ("itinerary_activities"."starts_at" is null or "itinerary_activities"."time_zone" is not null),
	CONSTRAINT "itinerary_activities_time_zone_check" CHECK (tenancy.is_time_zone("itinerary_activities"."time_zone")),
	CONSTRAINT "itinerary_activities_parent_check" CHECK ("itinerary_activities"."parent_activity_id" <> "itinerary_activities"."id")
);
--> statement-breakpoint
CREATE TABLE "itinerary_days" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"itinerary_id" uuid NOT NULL,
	"day_number" smallint NOT NULL,
	"date" date,
	"title" varchar(255),
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "itinerary_days_itinerary_key" UNIQUE("agency_id","itinerary_id","id"),
	CONSTRAINT "itinerary_days_number_key" UNIQUE("itinerary_id","day_number"),
	CONSTRAINT "itinerary_days_number_check" CHECK ("itinerary_days"."day_number" > 0)
);
--> statement-breakpoint
CREATE TABLE "itinerary_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"created_by_id" uuid,
	"name" varchar(255) NOT NULL,
	"description" text,
	"destination" varchar(255),
	"day_count" smallint NOT NULL,
	"days" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "itinerary_templates_days_check" CHECK ("itinerary_templates"."day_count" > 0 and jsonb_typeof("itinerary_templates"."days") = 'array')
);
--> statement-breakpoint
CREATE TABLE "lodging_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'lodging' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"property_name" varchar(255) NOT NULL,
	"address" text,
	"city" varchar(100),
	"country_code" char(2),
	"check_in_date" date NOT NULL,
	"check_out_date" date NOT NULL,
	"room_type" varchar(100),
	"room_count" smallint DEFAULT 1 NOT NULL,
	"board_basis" varchar(50),
	CONSTRAINT "lodging_details_component_type_check" CHECK ("lodging_details"."component_type" in ('lodging')),
	CONSTRAINT "lodging_details_dates_check" CHECK ("lodging_details"."check_out_date" > "lodging_details"."check_in_date"),
	CONSTRAINT "lodging_details_rooms_check" CHECK ("lodging_details"."room_count" > 0)
);
--> statement-breakpoint
CREATE TABLE "options_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'excursion' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"option_name" varchar(255) NOT NULL,
	"duration_minutes" smallint,
	"meeting_point" varchar(255),
	"difficulty" varchar(20),
	"is_selected" boolean DEFAULT false NOT NULL,
	"inclusions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "options_details_component_type_check" CHECK ("options_details"."component_type" in ('excursion', 'entertainment')),
	CONSTRAINT "options_details_duration_check" CHECK ("options_details"."duration_minutes" > 0),
	CONSTRAINT "options_details_difficulty_check" CHECK ("options_details"."difficulty" in ('easy', 'moderate', 'strenuous'))
);
--> statement-breakpoint
CREATE TABLE "package_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'custom' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"package_name" varchar(255) NOT NULL,
	"supplier_name" varchar(255),
	"booking_reference" varchar(50),
	"bundle_price" numeric(12, 2),
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"inclusions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "package_details_component_type_check" CHECK ("package_details"."component_type" in ('custom')),
	CONSTRAINT "package_details_price_check" CHECK ("package_details"."bundle_price" >= 0),
	CONSTRAINT "package_details_currency_check" CHECK ("package_details"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "package_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"created_by_id" uuid,
	"name" varchar(255) NOT NULL,
	"description" text,
	"price_from" numeric(12, 2),
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"components" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "package_templates_price_check" CHECK ("package_templates"."price_from" >= 0),
	CONSTRAINT "package_templates_components_check" CHECK (jsonb_typeof("package_templates"."components") = 'array'),
	CONSTRAINT "package_templates_currency_check" CHECK ("package_templates"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "payment_schedule_audit_log" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"table_name" varchar(63) NOT NULL,
	"row_id" uuid NOT NULL,
	"trip_id" uuid,
	"action" "audit_action" NOT NULL,
	"actor_id" uuid,
	"actor_role" varchar(63) NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"before" jsonb,
	"after" jsonb,
	CONSTRAINT "payment_schedule_audit_log_before_check" CHECK (("payment_schedule_audit_log"."action" = 'insert') = ("payment_schedule_audit_log"."before" is null)),
	CONSTRAINT "payment_schedule_audit_log_after_check" CHECK (("payment_schedule_audit_log"."action" = 'delete') = ("payment_schedule_audit_log"."after" is null))
);
--> statement-breakpoint
CREATE TABLE "payment_schedule_template_items" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"template_id" uuid NOT NULL,
	"sequence" smallint NOT NULL,
	"description" varchar(255) NOT NULL,
	"share" numeric(7, 4) NOT NULL,
	"due_anchor" varchar(20) NOT NULL,
	"offset_days" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_schedule_template_items_key" UNIQUE("agency_id","template_id","sequence"),
	CONSTRAINT "payment_schedule_template_items_share_check" CHECK ("payment_schedule_template_items"."share" > 0 and "payment_schedule_template_items"."share" <= 100),
	CONSTRAINT "payment_schedule_template_items_anchor_check" CHECK ("payment_schedule_template_items"."due_anchor" in ('booking', 'departure'))
);
--> statement-breakpoint
CREATE TABLE "payment_schedule_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"name" varchar(255) NOT NULL,
	"description" text,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_schedule_templates_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "payment_schedule_templates_name_key" UNIQUE("agency_id","name")
);
--> statement-breakpoint
CREATE TABLE "payment_transactions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"expected_payment_item_id" uuid,
	"contact_id" uuid,
	"transaction_type" "payment_transaction_type" DEFAULT 'payment' NOT NULL,
	"method" "payment_method" NOT NULL,
	"status" "payment_transaction_status" DEFAULT 'pending' NOT NULL,
	"amount" numeric(12, 2) NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"external_reference" varchar(255),
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_transactions_amount_check" CHECK (("payment_transactions"."amount" < 0) = ("payment_transactions"."transaction_type" = 'refund') or "payment_transactions"."transaction_type" = 'adjustment'),
	CONSTRAINT "payment_transactions_currency_check" CHECK ("payment_transactions"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "port_info_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'port_info' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"catalog_port_id" uuid,
	"port_name" varchar(255) NOT NULL,
	"country_code" char(2),
	"latitude" numeric(9, 6),
	"longitude" numeric(9, 6),
	"is_tender" boolean DEFAULT false NOT NULL,
	"all_aboard_at" timestamp with time zone,
	"highlights" text,
	CONSTRAINT "port_info_details_component_type_check" CHECK ("port_info_details"."component_type" in ('port_info')),
	CONSTRAINT "port_info_details_latitude_check" CHECK ("port_info_details"."latitude" between -90 and 90),
	CONSTRAINT "port_info_details_longitude_check" CHECK ("port_info_details"."longitude" between -180 and 180)
);
--> statement-breakpoint
CREATE TABLE "service_fees" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"contact_id" uuid,
	"description" varchar(255) NOT NULL,
	"amount" numeric(12, 2) NOT NULL,
	"application_fee" numeric(12, 2) DEFAULT '0' NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"status" "service_fee_status" DEFAULT 'draft' NOT NULL,
	"stripe_account_id" varchar(64),
	"stripe_payment_intent_id" varchar(64),
	"paid_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "service_fees_amount_check" CHECK ("service_fees"."amount" > 0 and "service_fees"."application_fee" between 0 and "service_fees"."amount"),
	CONSTRAINT "service_fees_paid_check" CHECK ("service_fees"."status" <> 'paid' or "service_fees"."paid_at" is not null),
	CONSTRAINT "service_fees_currency_check" CHECK ("service_fees"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"name" varchar(100) NOT NULL,
	"colour" varchar(7),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "tags_colour_check" CHECK ("tags"."colour" ~ '^#[0-9a-f]{6}$')
);
--> statement-breakpoint
CREATE TABLE "transportation_details" (
	"activity_id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"component_type" "component_type" DEFAULT 'transportation' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"mode" varchar(30) NOT NULL,
	"provider" varchar(255),
	"pick_up_location" varchar(255),
	"drop_off_location" varchar(255),
	"vehicle_class" varchar(100),
	"driver_included" boolean DEFAULT false NOT NULL,
	CONSTRAINT "transportation_details_component_type_check" CHECK ("transportation_details"."component_type" in ('transportation')),
	CONSTRAINT "transportation_details_mode_check" CHECK ("transportation_details"."mode" in ('car_rental', 'transfer', 'train', 'coach', 'ferry'))
);
--> statement-breakpoint
CREATE TABLE "trip_insurance_packages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"provider" varchar(255) NOT NULL,
	"name" varchar(255) NOT NULL,
	"coverage" text,
	"premium_per_traveler" numeric(12, 2) NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"coverage_limit" numeric(12, 2),
	"valid_from" date,
	"valid_to" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trip_insurance_packages_trip_key" UNIQUE("agency_id","trip_id","id"),
	CONSTRAINT "trip_insurance_packages_premium_check" CHECK ("trip_insurance_packages"."premium_per_traveler" >= 0),
	CONSTRAINT "trip_insurance_packages_dates_check" CHECK ("trip_insurance_packages"."valid_to" >= "trip_insurance_packages"."valid_from"),
	CONSTRAINT "trip_insurance_packages_currency_check" CHECK ("trip_insurance_packages"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "trip_media" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"media_type" "media_type" NOT NULL,
	"storage_path" text NOT NULL,
	"file_name" varchar(255) NOT NULL,
	"content_type" varchar(127),
	"size_bytes" bigint,
	"caption" varchar(500),
	"sort_order" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trip_orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"created_by_id" uuid,
	"total" numeric(12, 2) NOT NULL,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"snapshot" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trip_orders_version_key" UNIQUE("agency_id","trip_id","version"),
	CONSTRAINT "trip_orders_version_check" CHECK ("trip_orders"."version" > 0),
	CONSTRAINT "trip_orders_currency_check" CHECK ("trip_orders"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "trip_tags" (
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trip_tags_pk" PRIMARY KEY("agency_id","trip_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "trip_traveler_insurance" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"trip_traveler_id" uuid NOT NULL,
	"insurance_package_id" uuid,
	"status" "insurance_status" DEFAULT 'offered' NOT NULL,
	"policy_number" varchar(100),
	"decided_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trip_traveler_insurance_traveler_key" UNIQUE("agency_id","trip_id","trip_traveler_id"),
	CONSTRAINT "trip_traveler_insurance_package_check" CHECK ("trip_traveler_insurance"."status" <> 'accepted' or "trip_traveler_insurance"."insurance_package_id" is not null),
	CONSTRAINT "trip_traveler_insurance_decided_check" CHECK (("trip_traveler_insurance"."status" = 'offered') = ("trip_traveler_insurance"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "trip_travelers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"trip_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"traveler_type" "traveler_type" DEFAULT 'adult' NOT NULL,
	"is_lead" boolean DEFAULT false NOT NULL,
	"special_requests" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trip_travelers_trip_key" UNIQUE("agency_id","trip_id","id"),
	CONSTRAINT "trip_travelers_contact_key" UNIQUE("agency_id","contact_id","trip_id")
);
--> statement-breakpoint
CREATE TABLE "trips" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"status" "trip_status" DEFAULT 'draft' NOT NULL,
	"name" varchar(255) NOT NULL,
	"reference" varchar(50),
	"primary_contact_id" uuid,
	"destination" varchar(255),
	"start_date" date,
	"end_date" date,
	"time_zone" varchar(64),
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trips_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "trips_reference_key" UNIQUE("agency_id","reference"),
	CONSTRAINT "trips_dates_check" CHECK ("trips"."end_date" >= "trips"."start_date"),
	CONSTRAINT "trips_time_zone_check" CHECK (tenancy.is_time_zone("trips"."time_zone")),
	CONSTRAINT "trips_currency_check" CHECK ("trips"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "user_profiles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"agency_id" uuid NOT NULL,
	"role" "user_role" DEFAULT 'user' NOT NULL,
	"status" "user_status" DEFAULT 'pending' NOT NULL,
	"licensing_info" jsonb,
	"commission_settings" jsonb,
	"platform_preferences" jsonb,
	CONSTRAINT "user_profiles_agency_key" UNIQUE("agency_id","id")
);
--> statement-breakpoint
ALTER TABLE "activity_documents" ADD CONSTRAINT "activity_documents_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_media" ADD CONSTRAINT "activity_media_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_pricing" ADD CONSTRAINT "activity_pricing_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_pricing_items" ADD CONSTRAINT "activity_pricing_items_pricing_fk" FOREIGN KEY ("agency_id","activity_pricing_id") REFERENCES "public"."activity_pricing"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_suppliers" ADD CONSTRAINT "activity_suppliers_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_travelers" ADD CONSTRAINT "activity_travelers_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_travelers" ADD CONSTRAINT "activity_travelers_traveler_fk" FOREIGN KEY ("agency_id","trip_id","trip_traveler_id") REFERENCES "public"."trip_travelers"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_traveller_splits" ADD CONSTRAINT "activity_traveller_splits_pricing_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."activity_pricing"("agency_id","trip_id","activity_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "activity_traveller_splits" ADD CONSTRAINT "activity_traveller_splits_traveler_fk" FOREIGN KEY ("agency_id","trip_id","trip_traveler_id") REFERENCES "public"."trip_travelers"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "api_credentials" ADD CONSTRAINT "api_credentials_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "api_provider_configs" ADD CONSTRAINT "api_provider_configs_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_addresses" ADD CONSTRAINT "contact_addresses_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_documents" ADD CONSTRAINT "contact_documents_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_relationships" ADD CONSTRAINT "contact_relationships_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_relationships" ADD CONSTRAINT "contact_relationships_related_fk" FOREIGN KEY ("agency_id","related_contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_tags" ADD CONSTRAINT "contact_tags_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_tags" ADD CONSTRAINT "contact_tags_tag_fk" FOREIGN KEY ("agency_id","tag_id") REFERENCES "public"."tags"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_owner_fk" FOREIGN KEY ("agency_id","owner_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "custom_cruise_details" ADD CONSTRAINT "custom_cruise_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dining_details" ADD CONSTRAINT "dining_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_template_fk" FOREIGN KEY ("agency_id","template_id") REFERENCES "public"."email_templates"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_logs" ADD CONSTRAINT "email_logs_sent_by_fk" FOREIGN KEY ("agency_id","sent_by_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "email_templates" ADD CONSTRAINT "email_templates_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "expected_payment_items" ADD CONSTRAINT "expected_payment_items_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "expected_payment_items" ADD CONSTRAINT "expected_payment_items_activity_fk" FOREIGN KEY ("agency_id","trip_id","activity_id") REFERENCES "public"."itinerary_activities"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "flight_details" ADD CONSTRAINT "flight_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "flight_segments" ADD CONSTRAINT "flight_segments_flight_fk" FOREIGN KEY ("agency_id","activity_id") REFERENCES "public"."flight_details"("agency_id","activity_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itineraries" ADD CONSTRAINT "itineraries_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_activities" ADD CONSTRAINT "itinerary_activities_itinerary_fk" FOREIGN KEY ("agency_id","trip_id","itinerary_id") REFERENCES "public"."itineraries"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_activities" ADD CONSTRAINT "itinerary_activities_day_fk" FOREIGN KEY ("agency_id","itinerary_id","itinerary_day_id") REFERENCES "public"."itinerary_days"("agency_id","itinerary_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_activities" ADD CONSTRAINT "itinerary_activities_parent_fk" FOREIGN KEY ("agency_id","itinerary_id","parent_activity_id") REFERENCES "public"."itinerary_activities"("agency_id","itinerary_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_days" ADD CONSTRAINT "itinerary_days_itinerary_fk" FOREIGN KEY ("agency_id","trip_id","itinerary_id") REFERENCES "public"."itineraries"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_templates" ADD CONSTRAINT "itinerary_templates_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "itinerary_templates" ADD CONSTRAINT "itinerary_templates_created_by_fk" FOREIGN KEY ("agency_id","created_by_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "lodging_details" ADD CONSTRAINT "lodging_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "options_details" ADD CONSTRAINT "options_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "package_details" ADD CONSTRAINT "package_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "package_templates" ADD CONSTRAINT "package_templates_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "package_templates" ADD CONSTRAINT "package_templates_created_by_fk" FOREIGN KEY ("agency_id","created_by_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_schedule_template_items" ADD CONSTRAINT "payment_schedule_template_items_template_fk" FOREIGN KEY ("agency_id","template_id") REFERENCES "public"."payment_schedule_templates"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_schedule_templates" ADD CONSTRAINT "payment_schedule_templates_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_transactions" ADD CONSTRAINT "payment_transactions_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_transactions" ADD CONSTRAINT "payment_transactions_item_fk" FOREIGN KEY ("agency_id","trip_id","expected_payment_item_id") REFERENCES "public"."expected_payment_items"("agency_id","trip_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_transactions" ADD CONSTRAINT "payment_transactions_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "port_info_details" ADD CONSTRAINT "port_info_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "service_fees" ADD CONSTRAINT "service_fees_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "service_fees" ADD CONSTRAINT "service_fees_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "tags" ADD CONSTRAINT "tags_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transportation_details" ADD CONSTRAINT "transportation_details_activity_fk" FOREIGN KEY ("agency_id","activity_id","component_type") REFERENCES "public"."itinerary_activities"("agency_id","id","component_type") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_insurance_packages" ADD CONSTRAINT "trip_insurance_packages_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_media" ADD CONSTRAINT "trip_media_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_orders" ADD CONSTRAINT "trip_orders_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_orders" ADD CONSTRAINT "trip_orders_created_by_fk" FOREIGN KEY ("agency_id","created_by_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_tags" ADD CONSTRAINT "trip_tags_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_tags" ADD CONSTRAINT "trip_tags_tag_fk" FOREIGN KEY ("agency_id","tag_id") REFERENCES "public"."tags"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_traveler_insurance" ADD CONSTRAINT "trip_traveler_insurance_traveler_fk" FOREIGN KEY ("agency_id","trip_id","trip_traveler_id") REFERENCES "public"."trip_travelers"("agency_id","trip_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_traveler_insurance" ADD CONSTRAINT "trip_traveler_insurance_package_fk" FOREIGN KEY ("agency_id","trip_id","insurance_package_id") REFERENCES "public"."trip_insurance_packages"("agency_id","trip_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_travelers" ADD CONSTRAINT "trip_travelers_trip_fk" FOREIGN KEY ("agency_id","trip_id") REFERENCES "public"."trips"("agency_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trip_travelers" ADD CONSTRAINT "trip_travelers_contact_fk" FOREIGN KEY ("agency_id","contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trips" ADD CONSTRAINT "trips_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trips" ADD CONSTRAINT "trips_owner_fk" FOREIGN KEY ("agency_id","owner_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trips" ADD CONSTRAINT "trips_primary_contact_fk" FOREIGN KEY ("agency_id","primary_contact_id") REFERENCES "public"."contacts"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_agency_id_agencies_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_auth_user_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "activity_documents_activity_idx" ON "activity_documents" USING btree ("agency_id","trip_id","activity_id");
--> statement-breakpoint
CREATE INDEX "activity_media_activity_idx" ON "activity_media" USING btree ("agency_id","trip_id","activity_id","sort_order");
--> statement-breakpoint
CREATE INDEX "activity_pricing_booked_idx" ON "activity_pricing" USING btree ("agency_id","booked_on");
--> statement-breakpoint
CREATE INDEX "activity_pricing_items_pricing_idx" ON "activity_pricing_items" USING btree ("agency_id","activity_pricing_id","sort_order");
--> statement-breakpoint
CREATE INDEX "activity_suppliers_activity_idx" ON "activity_suppliers" USING btree ("agency_id","trip_id","activity_id");
--> statement-breakpoint
CREATE INDEX "activity_suppliers_name_idx" ON "activity_suppliers" USING btree ("agency_id","name");
--> statement-breakpoint
CREATE INDEX "activity_travelers_traveler_idx" ON "activity_travelers" USING btree ("agency_id","trip_id","trip_traveler_id");
--> statement-breakpoint
CREATE INDEX "activity_traveller_splits_traveler_idx" ON "activity_traveller_splits" USING btree ("agency_id","trip_id","trip_traveler_id");
--> statement-breakpoint
CREATE INDEX "contact_addresses_contact_idx" ON "contact_addresses" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "contact_addresses_primary_key" ON "contact_addresses" USING btree ("contact_id") WHERE "contact_addresses"."is_primary";
--> statement-breakpoint
CREATE INDEX "contact_documents_contact_idx" ON "contact_documents" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE INDEX "contact_documents_expiry_idx" ON "contact_documents" USING btree ("agency_id","expires_on");
--> statement-breakpoint
CREATE INDEX "contact_relationships_contact_idx" ON "contact_relationships" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE INDEX "contact_relationships_related_idx" ON "contact_relationships" USING btree ("agency_id","related_contact_id");
--> statement-breakpoint
CREATE INDEX "contact_tags_tag_idx" ON "contact_tags" USING btree ("agency_id","tag_id");
--> statement-breakpoint
CREATE INDEX "contacts_owner_idx" ON "contacts" USING btree ("agency_id","owner_id");
--> statement-breakpoint
CREATE INDEX "contacts_name_idx" ON "contacts" USING btree ("agency_id","last_name","first_name");
--> statement-breakpoint
CREATE INDEX "contacts_email_idx" ON "contacts" USING btree ("agency_id","email");
--> statement-breakpoint
CREATE INDEX "contacts_search_idx" ON "contacts" USING gin ("agency_id","full_name" gin_trgm_ops);
--> statement-breakpoint
CREATE INDEX "custom_cruise_details_activity_idx" ON "custom_cruise_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "custom_cruise_details_sailing_idx" ON "custom_cruise_details" USING btree ("agency_id","catalog_sailing_id");
--> statement-breakpoint
CREATE INDEX "dining_details_activity_idx" ON "dining_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "email_logs_newest_idx" ON "email_logs" USING btree ("agency_id","created_at" DESC NULLS FIRST);
--> statement-breakpoint
CREATE INDEX "email_logs_template_idx" ON "email_logs" USING btree ("agency_id","template_id");
--> statement-breakpoint
CREATE INDEX "email_logs_trip_idx" ON "email_logs" USING btree ("agency_id","trip_id");
--> statement-breakpoint
CREATE INDEX "email_logs_contact_idx" ON "email_logs" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE INDEX "email_logs_sent_by_idx" ON "email_logs" USING btree ("agency_id","sent_by_id");
--> statement-breakpoint
CREATE INDEX "expected_payment_items_activity_idx" ON "expected_payment_items" USING btree ("agency_id","trip_id","activity_id");
--> statement-breakpoint
CREATE INDEX "expected_payment_items_due_idx" ON "expected_payment_items" USING btree ("agency_id","due_date");
--> statement-breakpoint
CREATE INDEX "flight_details_activity_idx" ON "flight_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "flight_segments_departs_idx" ON "flight_segments" USING btree ("agency_id","departs_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "itineraries_selected_key" ON "itineraries" USING btree ("trip_id") WHERE "itineraries"."is_selected";
--> statement-breakpoint
CREATE INDEX "itinerary_activities_order_idx" ON "itinerary_activities" USING btree ("agency_id","trip_id","itinerary_id","itinerary_day_id","sort_order");
--> statement-breakpoint
CREATE INDEX "itinerary_activities_day_idx" ON "itinerary_activities" USING btree ("agency_id","itinerary_id","itinerary_day_id");
--> statement-breakpoint
CREATE INDEX "itinerary_activities_parent_idx" ON "itinerary_activities" USING btree ("agency_id","itinerary_id","parent_activity_id");
--> statement-breakpoint
CREATE INDEX "itinerary_activities_starts_idx" ON "itinerary_activities" USING btree ("agency_id","starts_at");
--> statement-breakpoint
CREATE INDEX "itinerary_days_trip_idx" ON "itinerary_days" USING btree ("agency_id","trip_id","itinerary_id","day_number");
--> statement-breakpoint
CREATE INDEX "itinerary_templates_created_by_idx" ON "itinerary_templates" USING btree ("agency_id","created_by_id");
--> statement-breakpoint
CREATE INDEX "itinerary_templates_name_idx" ON "itinerary_templates" USING btree ("agency_id","name");
--> statement-breakpoint
CREATE INDEX "lodging_details_activity_idx" ON "lodging_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "options_details_activity_idx" ON "options_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "package_details_activity_idx" ON "package_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "package_templates_created_by_idx" ON "package_templates" USING btree ("agency_id","created_by_id");
--> statement-breakpoint
CREATE INDEX "package_templates_name_idx" ON "package_templates" USING btree ("agency_id","name");
--> statement-breakpoint
CREATE INDEX "payment_schedule_audit_log_newest_idx" ON "payment_schedule_audit_log" USING btree ("agency_id","occurred_at" DESC NULLS FIRST);
--> statement-breakpoint
CREATE INDEX "payment_schedule_audit_log_row_idx" ON "payment_schedule_audit_log" USING btree ("agency_id","table_name","row_id");
--> statement-breakpoint
CREATE INDEX "payment_schedule_audit_log_trip_idx" ON "payment_schedule_audit_log" USING btree ("agency_id","trip_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "payment_schedule_templates_default_key" ON "payment_schedule_templates" USING btree ("agency_id") WHERE "payment_schedule_templates"."is_default";
--> statement-breakpoint
CREATE INDEX "payment_transactions_trip_idx" ON "payment_transactions" USING btree ("agency_id","trip_id","expected_payment_item_id");
--> statement-breakpoint
CREATE INDEX "payment_transactions_contact_idx" ON "payment_transactions" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE INDEX "payment_transactions_received_idx" ON "payment_transactions" USING btree ("agency_id","received_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "payment_transactions_reference_key" ON "payment_transactions" USING btree ("agency_id","external_reference");
--> statement-breakpoint
CREATE INDEX "port_info_details_activity_idx" ON "port_info_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "service_fees_trip_idx" ON "service_fees" USING btree ("agency_id","trip_id");
--> statement-breakpoint
CREATE INDEX "service_fees_contact_idx" ON "service_fees" USING btree ("agency_id","contact_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "service_fees_stripe_key" ON "service_fees" USING btree ("agency_id","stripe_payment_intent_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "tags_name_key" ON "tags" USING btree ("agency_id",lower("name"));
--> statement-breakpoint
CREATE INDEX "transportation_details_activity_idx" ON "transportation_details" USING btree ("agency_id","activity_id","component_type");
--> statement-breakpoint
CREATE INDEX "trip_media_trip_idx" ON "trip_media" USING btree ("agency_id","trip_id","sort_order");
--> statement-breakpoint
CREATE INDEX "trip_orders_created_by_idx" ON "trip_orders" USING btree ("agency_id","created_by_id");
--> statement-breakpoint
CREATE INDEX "trip_tags_tag_idx" ON "trip_tags" USING btree ("agency_id","tag_id");
--> statement-breakpoint
CREATE INDEX "trip_traveler_insurance_package_idx" ON "trip_traveler_insurance" USING btree ("agency_id","trip_id","insurance_package_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "trip_travelers_lead_key" ON "trip_travelers" USING btree ("trip_id") WHERE "trip_travelers"."is_lead";
--> statement-breakpoint
CREATE INDEX "trips_newest_idx" ON "trips" USING btree ("agency_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);
--> statement-breakpoint
CREATE INDEX "trips_owner_idx" ON "trips" USING btree ("agency_id","owner_id","created_at" DESC NULLS FIRST);
--> statement-breakpoint
CREATE INDEX "trips_primary_contact_idx" ON "trips" USING btree ("agency_id","primary_contact_id");
--> statement-breakpoint
CREATE INDEX "trips_status_idx" ON "trips" USING btree ("agency_id","status","start_date");
--> statement-breakpoint
CREATE INDEX "user_profiles_status_idx" ON "user_profiles" USING btree ("agency_id","status");
--> statement-breakpoint
create function tenancy.touch() returns trigger
language plpgsql set search_path = ''
as $function$
begin
  new.updated_at := now();
  return new;
end
$function$;
--> statement-breakpoint
-- A parent is a package, and no chain of parents leads back to where it starts. Rows on the way are locked, so that two
-- transactions cannot close a circle between them.
create function tenancy.check_parent_activity() returns trigger
language plpgsql security definer set search_path = ''
as $function$
declare
  ancestor uuid := new.parent_activity_id;
begin
  perform 1 from public.package_details p
  where p.activity_id = new.parent_activity_id and p.agency_id = new.agency_id for key share;
  if not found then
    raise exception using errcode = '23514', constraint = 'itinerary_activities_parent_is_package',
      message = format('Activity %s is no package, so it cannot hold others', new.parent_activity_id),
      hint = 'Give it a row in package_details first.';
  end if;
  while ancestor is not null loop
    if ancestor = new.id then
      raise exception using errcode = '23514', constraint = 'itinerary_activities_parent_no_cycle',
        message = format('Activity %s would be inside itself', new.id);
    end if;
    select a.parent_activity_id into ancestor from public.itinerary_activities a where a.id = ancestor for share;
  end loop;
  return new;
end
$function$;
--> statement-breakpoint
create trigger itinerary_activities_parent before insert or update of id, parent_activity_id on itinerary_activities
  for each row when (new.parent_activity_id is not null) execute function tenancy.check_parent_activity();
--> statement-breakpoint
create function tenancy.check_package_kept() returns trigger
language plpgsql security definer set search_path = ''
as $function$
begin
  if exists (select 1 from public.itinerary_activities a where a.agency_id = old.agency_id and a.parent_activity_id = old.activity_id)
    and not exists (select 1 from public.package_details p where p.activity_id = old.activity_id) then
    raise exception using errcode = '23503', constraint = 'itinerary_activities_parent_is_package',
      message = format('Activity %s still holds others, so it stays a package', old.activity_id);
  end if;
  return null;
end
$function$;
--> statement-breakpoint
create constraint trigger package_details_kept after delete or update of activity_id on package_details
  deferrable initially deferred for each row execute function tenancy.check_package_kept();
--> statement-breakpoint
-- The splits of an activity, where there are any, add up to its price. Checked at the end of the transaction. The price is
-- written to, not only locked: a concurrent transaction that took its snapshot before then fails instead of not seeing it.
create function tenancy.check_splits() returns trigger
language plpgsql security definer set search_path = ''
as $function$
declare
  changed constant jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  activity constant uuid := changed ->> 'activity_id';
  price record;
  splits record;
begin
  update public.activity_pricing p set updated_at = now() where p.activity_id = activity
  returning p.total_price, p.currency into price;
  if not found then
    return null;
  end if;
  select count(*) as rows, sum(s.amount) as total, bool_and(s.currency = price.currency) as same_currency into splits
  from public.activity_traveller_splits s where s.activity_id = activity;
  if splits.rows > 0 and (splits.total <> price.total_price or not splits.same_currency) then
    raise exception using errcode = '23514', constraint = 'activity_traveller_splits_add_up',
      message = format('The splits of activity %s come to %s, its price is %s %s', activity, splits.total, price.total_price,
        price.currency),
      hint = 'Change all splits of an activity and its price in one transaction, in one currency.';
  end if;
  return null;
end
$function$;
--> statement-breakpoint
create constraint trigger activity_traveller_splits_add_up after insert or update or delete on activity_traveller_splits
  deferrable initially deferred for each row execute function tenancy.check_splits();
--> statement-breakpoint
create constraint trigger activity_pricing_splits_add_up after update of total_price, currency on activity_pricing
  deferrable initially deferred for each row execute function tenancy.check_splits();
--> statement-breakpoint
create trigger touch before update on activity_documents for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_media for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_pricing for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_pricing_items for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_suppliers for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_travelers for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on activity_traveller_splits for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on agencies for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on api_credentials for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on api_provider_configs for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on contact_addresses for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on contact_documents for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on contact_relationships for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on contacts for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on custom_cruise_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on dining_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on email_logs for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on email_templates for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on expected_payment_items for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on flight_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on flight_segments for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on itineraries for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on itinerary_activities for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on itinerary_days for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on itinerary_templates for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on lodging_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on options_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on package_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on package_templates for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on payment_schedule_template_items for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on payment_schedule_templates for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on payment_transactions for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on port_info_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on service_fees for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on tags for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on transportation_details for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on trip_insurance_packages for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on trip_media for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on trip_traveler_insurance for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on trip_travelers for each row execute function tenancy.touch();
--> statement-breakpoint
create trigger touch before update on trips for each row execute function tenancy.touch();
