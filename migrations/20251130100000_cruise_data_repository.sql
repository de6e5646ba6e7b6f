-- The cruise catalog, in "public" as it first was; 20260105000000 moves it. Where the catalog is foreign there is nothing
-- to create here: its tables belong to another database.
do $migration$
begin
  if environment.catalog_mode() = 'foreign' then
    return;
  end if;
  CREATE TABLE "public"."cruise_alternate_sailings" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"sailing_id" uuid NOT NULL,
  	"alternate_sailing_id" uuid,
  	"provider_identifier" varchar(100) NOT NULL,
  	"sail_date" date NOT NULL,
  	"nights" smallint,
  	"price_from" numeric(12, 2),
  	"currency" char(3) DEFAULT 'CAD' NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_alternate_sailings_key" UNIQUE("sailing_id","provider_identifier"),
  	CONSTRAINT "cruise_alternate_sailings_other_check" CHECK ("public"."cruise_alternate_sailings"."alternate_sailing_id" <> "public"."cruise_alternate_sailings"."sailing_id")
  );
  CREATE TABLE "public"."cruise_cabin_images" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"cabin_type_id" uuid NOT NULL,
  	"image_type" varchar(20) DEFAULT 'photo' NOT NULL,
  	"url" text NOT NULL,
  	"thumbnail_url" text,
  	"caption" varchar(500),
  	"sort_order" smallint DEFAULT 0 NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_cabin_images_cabin_type_url_key" UNIQUE("cabin_type_id","url"),
  	CONSTRAINT "cruise_cabin_images_image_type_check" CHECK ("public"."cruise_cabin_images"."image_type" in ('photo', 'floor_plan'))
  );
  CREATE TABLE "public"."cruise_ftp_file_sync" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"file_path" text NOT NULL,
  	"file_size" bigint NOT NULL,
  	"file_modified_at" timestamp with time zone,
  	"content_hash" varchar(64),
  	"status" varchar(20) DEFAULT 'pending' NOT NULL,
  	"attempts" integer DEFAULT 0 NOT NULL,
  	"last_sync_id" uuid,
  	"last_synced_at" timestamp with time zone,
  	"error_message" text,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ftp_file_sync_path_key" UNIQUE("file_path"),
  	CONSTRAINT "cruise_ftp_file_sync_status_check" CHECK ("public"."cruise_ftp_file_sync"."status" in ('pending', 'synced', 'failed', 'skipped')),
  	CONSTRAINT "cruise_ftp_file_sync_size_check" CHECK ("public"."cruise_ftp_file_sync"."file_size" >= 0)
  );
  CREATE TABLE "public"."cruise_lines" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"name" varchar(255) NOT NULL,
  	"slug" varchar(255) NOT NULL,
  	"code" varchar(20),
  	"short_name" varchar(100),
  	"engine_name" varchar(100),
  	"description" text,
  	"logo_url" text,
  	"website_url" text,
  	"is_active" boolean DEFAULT true NOT NULL,
  	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_lines_provider_key" UNIQUE("provider","provider_identifier"),
  	CONSTRAINT "cruise_lines_slug_key" UNIQUE("slug")
  );
  CREATE TABLE "public"."cruise_ports" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"name" varchar(255) NOT NULL,
  	"slug" varchar(255) NOT NULL,
  	"un_locode" varchar(5),
  	"city" varchar(255),
  	"country_code" char(2),
  	"latitude" numeric(9, 6),
  	"longitude" numeric(9, 6),
  	"time_zone" varchar(64),
  	"is_tender_port" boolean DEFAULT false NOT NULL,
  	"description" text,
  	"last_synced_at" timestamp with time zone,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ports_provider_key" UNIQUE("provider","provider_identifier"),
  	CONSTRAINT "cruise_ports_slug_key" UNIQUE("slug"),
  	CONSTRAINT "cruise_ports_latitude_check" CHECK ("public"."cruise_ports"."latitude" between -90 and 90),
  	CONSTRAINT "cruise_ports_longitude_check" CHECK ("public"."cruise_ports"."longitude" between -180 and 180),
  	CONSTRAINT "cruise_ports_coordinates_check" CHECK (("public"."cruise_ports"."latitude" is null) = ("public"."cruise_ports"."longitude" is null))
  );
  CREATE TABLE "public"."cruise_regions" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"parent_region_id" uuid,
  	"name" varchar(255) NOT NULL,
  	"slug" varchar(255) NOT NULL,
  	"description" text,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_regions_provider_key" UNIQUE("provider","provider_identifier"),
  	CONSTRAINT "cruise_regions_slug_key" UNIQUE("slug"),
  	CONSTRAINT "cruise_regions_parent_check" CHECK ("public"."cruise_regions"."parent_region_id" <> "public"."cruise_regions"."id")
  );
  CREATE TABLE "public"."cruise_sailing_cabin_prices" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"sailing_id" uuid NOT NULL,
  	"cabin_type_id" uuid,
  	"cabin_code" varchar(20) NOT NULL,
  	"cabin_category" varchar(20) NOT NULL,
  	"rate_code" varchar(50) DEFAULT 'BEST' NOT NULL,
  	"occupancy" smallint DEFAULT 2 NOT NULL,
  	"base_price" numeric(12, 2) NOT NULL,
  	"taxes" numeric(12, 2) DEFAULT '0' NOT NULL,
  	"non_commissionable_fees" numeric(12, 2) DEFAULT '0' NOT NULL,
  	"gratuities" numeric(12, 2) DEFAULT '0' NOT NULL,
  	"fuel_surcharge" numeric(12, 2) DEFAULT '0' NOT NULL,
  	"total_price" numeric(12, 2) NOT NULL,
  	"currency" char(3) DEFAULT 'CAD' NOT NULL,
  	"original_total" numeric(12, 2),
  	"original_currency" char(3),
  	"availability" smallint,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_sailing_cabin_prices_key" UNIQUE("sailing_id","cabin_code","rate_code","occupancy"),
  	CONSTRAINT "cruise_sailing_cabin_prices_category_check" CHECK ("public"."cruise_sailing_cabin_prices"."cabin_category" in ('inside', 'outside', 'balcony', 'suite')),
  	CONSTRAINT "cruise_sailing_cabin_prices_occupancy_check" CHECK ("public"."cruise_sailing_cabin_prices"."occupancy" between 1 and 8),
  	CONSTRAINT "cruise_sailing_cabin_prices_total_check" CHECK ("public"."cruise_sailing_cabin_prices"."total_price" = "public"."cruise_sailing_cabin_prices"."base_price" + "public"."cruise_sailing_cabin_prices"."taxes" + "public"."cruise_sailing_cabin_prices"."non_commissionable_fees" + "public"."cruise_sailing_cabin_prices"."gratuities" + "public"."cruise_sailing_cabin_prices"."fuel_surcharge"),
  	CONSTRAINT "cruise_sailing_cabin_prices_currency_check" CHECK ("public"."cruise_sailing_cabin_prices"."currency" ~ '^[A-Z]{3}$')
  );
  CREATE TABLE "public"."cruise_sailing_regions" (
  	"sailing_id" uuid NOT NULL,
  	"region_id" uuid NOT NULL,
  	"is_primary" boolean DEFAULT false NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_sailing_regions_pk" PRIMARY KEY("sailing_id","region_id")
  );
  CREATE TABLE "public"."cruise_sailing_stops" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"sailing_id" uuid NOT NULL,
  	"port_id" uuid,
  	"day_number" smallint NOT NULL,
  	"sequence" smallint DEFAULT 1 NOT NULL,
  	"stop_date" date NOT NULL,
  	"stop_type" varchar(20) DEFAULT 'call' NOT NULL,
  	"port_name" varchar(255) NOT NULL,
  	"arrival_time" time,
  	"departure_time" time,
  	"description" text,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_sailing_stops_key" UNIQUE("sailing_id","day_number","sequence"),
  	CONSTRAINT "cruise_sailing_stops_day_check" CHECK ("public"."cruise_sailing_stops"."day_number" > 0 and "public"."cruise_sailing_stops"."sequence" > 0),
  	CONSTRAINT "cruise_sailing_stops_type_check" CHECK ("public"."cruise_sailing_stops"."stop_type" in ('embark', 'call', 'overnight', 'sea', 'disembark')),
  	CONSTRAINT "cruise_sailing_stops_port_check" CHECK (("public"."cruise_sailing_stops"."stop_type" = 'sea') = ("public"."cruise_sailing_stops"."port_id" is null))
  );
  CREATE TABLE "public"."cruise_sailings" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"line_id" uuid NOT NULL,
  	"ship_id" uuid NOT NULL,
  	"embark_port_id" uuid NOT NULL,
  	"disembark_port_id" uuid NOT NULL,
  	"name" varchar(255) NOT NULL,
  	"voyage_code" varchar(50),
  	"itinerary_code" varchar(50),
  	"market_id" integer,
  	"sail_date" date NOT NULL,
  	"end_date" date NOT NULL,
  	"nights" smallint NOT NULL,
  	"sea_days" smallint DEFAULT 0 NOT NULL,
  	"cheapest_inside" numeric(12, 2),
  	"cheapest_outside" numeric(12, 2),
  	"cheapest_balcony" numeric(12, 2),
  	"cheapest_suite" numeric(12, 2),
  	"price_from" numeric(12, 2),
  	"price_currency" char(3) DEFAULT 'CAD' NOT NULL,
  	"prices_updated_at" timestamp with time zone,
  	"is_no_fly" boolean DEFAULT false NOT NULL,
  	"is_active" boolean DEFAULT true NOT NULL,
  	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
  	"last_synced_at" timestamp with time zone,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_sailings_provider_key" UNIQUE("provider","provider_identifier"),
  	CONSTRAINT "cruise_sailings_nights_check" CHECK ("public"."cruise_sailings"."nights" > 0 and "public"."cruise_sailings"."sea_days" between 0 and "public"."cruise_sailings"."nights"),
  	CONSTRAINT "cruise_sailings_dates_check" CHECK ("public"."cruise_sailings"."end_date" >= "public"."cruise_sailings"."sail_date"),
  	CONSTRAINT "cruise_sailings_price_check" CHECK ("public"."cruise_sailings"."price_from" >= 0),
  	CONSTRAINT "cruise_sailings_currency_check" CHECK ("public"."cruise_sailings"."price_currency" ~ '^[A-Z]{3}$')
  );
  CREATE TABLE "public"."cruise_ship_cabin_types" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"ship_id" uuid NOT NULL,
  	"cabin_code" varchar(20) NOT NULL,
  	"cabin_category" varchar(20) NOT NULL,
  	"name" varchar(255) NOT NULL,
  	"description" text,
  	"colour_code" varchar(20),
  	"min_occupancy" smallint DEFAULT 1 NOT NULL,
  	"max_occupancy" smallint DEFAULT 4 NOT NULL,
  	"is_accessible" boolean DEFAULT false NOT NULL,
  	"default_image_url" text,
  	"sort_order" smallint DEFAULT 0 NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ship_cabin_types_ship_code_key" UNIQUE("ship_id","cabin_code"),
  	CONSTRAINT "cruise_ship_cabin_types_category_check" CHECK ("public"."cruise_ship_cabin_types"."cabin_category" in ('inside', 'outside', 'balcony', 'suite')),
  	CONSTRAINT "cruise_ship_cabin_types_occupancy_check" CHECK ("public"."cruise_ship_cabin_types"."min_occupancy" between 1 and "public"."cruise_ship_cabin_types"."max_occupancy")
  );
  CREATE TABLE "public"."cruise_ship_decks" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"ship_id" uuid NOT NULL,
  	"provider_identifier" varchar(100),
  	"name" varchar(100) NOT NULL,
  	"deck_number" smallint NOT NULL,
  	"description" text,
  	"deck_plan_url" text,
  	"cabin_locations" jsonb DEFAULT '[]'::jsonb NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ship_decks_ship_number_key" UNIQUE("ship_id","deck_number")
  );
  CREATE TABLE "public"."cruise_ship_images" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"ship_id" uuid NOT NULL,
  	"image_type" varchar(20) DEFAULT 'gallery' NOT NULL,
  	"url" text NOT NULL,
  	"thumbnail_url" text,
  	"caption" varchar(500),
  	"sort_order" smallint DEFAULT 0 NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ship_images_ship_url_key" UNIQUE("ship_id","url"),
  	CONSTRAINT "cruise_ship_images_image_type_check" CHECK ("public"."cruise_ship_images"."image_type" in ('hero', 'gallery', 'exterior', 'interior'))
  );
  CREATE TABLE "public"."cruise_ships" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"line_id" uuid NOT NULL,
  	"name" varchar(255) NOT NULL,
  	"slug" varchar(255) NOT NULL,
  	"code" varchar(20),
  	"ship_class" varchar(100),
  	"tonnage" numeric(10, 1),
  	"length_metres" numeric(6, 2),
  	"passenger_capacity" smallint,
  	"crew_count" smallint,
  	"deck_count" smallint,
  	"launch_year" smallint,
  	"refit_year" smallint,
  	"is_adults_only" boolean DEFAULT false NOT NULL,
  	"star_rating" numeric(2, 1),
  	"currency_on_board" char(3),
  	"description" text,
  	"default_image_url" text,
  	"is_active" boolean DEFAULT true NOT NULL,
  	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
  	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  	CONSTRAINT "cruise_ships_provider_key" UNIQUE("provider","provider_identifier"),
  	CONSTRAINT "cruise_ships_slug_key" UNIQUE("slug"),
  	CONSTRAINT "cruise_ships_star_rating_check" CHECK ("public"."cruise_ships"."star_rating" between 0 and 6)
  );
  CREATE TABLE "public"."cruise_sync_history" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"sync_type" varchar(20) NOT NULL,
  	"status" varchar(20) DEFAULT 'running' NOT NULL,
  	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"finished_at" timestamp with time zone,
  	"files_seen" integer DEFAULT 0 NOT NULL,
  	"files_processed" integer DEFAULT 0 NOT NULL,
  	"files_failed" integer DEFAULT 0 NOT NULL,
  	"sailings_created" integer DEFAULT 0 NOT NULL,
  	"sailings_updated" integer DEFAULT 0 NOT NULL,
  	"bytes_transferred" bigint DEFAULT 0 NOT NULL,
  	"metrics" jsonb DEFAULT '{}'::jsonb NOT NULL,
  	"error_message" text,
  	CONSTRAINT "cruise_sync_history_type_check" CHECK ("public"."cruise_sync_history"."sync_type" in ('full', 'incremental', 'prices', 'reference')),
  	CONSTRAINT "cruise_sync_history_status_check" CHECK ("public"."cruise_sync_history"."status" in ('running', 'succeeded', 'failed', 'cancelled')),
  	CONSTRAINT "cruise_sync_history_finished_check" CHECK (("public"."cruise_sync_history"."status" = 'running') = ("public"."cruise_sync_history"."finished_at" is null))
  );
  CREATE TABLE "public"."cruise_sync_raw" (
  	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  	"provider" varchar(100) DEFAULT 'traveltek' NOT NULL,
  	"provider_identifier" varchar(100) NOT NULL,
  	"sync_id" uuid,
  	"source_path" text NOT NULL,
  	"content_hash" varchar(64) NOT NULL,
  	"payload" jsonb NOT NULL,
  	"fetched_at" timestamp with time zone DEFAULT now() NOT NULL,
  	"expires_at" timestamp with time zone,
  	CONSTRAINT "cruise_sync_raw_provider_key" UNIQUE("provider","provider_identifier")
  );
  ALTER TABLE "public"."cruise_alternate_sailings" ADD CONSTRAINT "cruise_alternate_sailings_sailing_fk" FOREIGN KEY ("sailing_id") REFERENCES "public"."cruise_sailings"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_alternate_sailings" ADD CONSTRAINT "cruise_alternate_sailings_alternate_fk" FOREIGN KEY ("alternate_sailing_id") REFERENCES "public"."cruise_sailings"("id") ON DELETE set null ON UPDATE no action;
  ALTER TABLE "public"."cruise_cabin_images" ADD CONSTRAINT "cruise_cabin_images_cabin_type_fk" FOREIGN KEY ("cabin_type_id") REFERENCES "public"."cruise_ship_cabin_types"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_ftp_file_sync" ADD CONSTRAINT "cruise_ftp_file_sync_sync_fk" FOREIGN KEY ("last_sync_id") REFERENCES "public"."cruise_sync_history"("id") ON DELETE set null ON UPDATE no action;
  ALTER TABLE "public"."cruise_regions" ADD CONSTRAINT "cruise_regions_parent_fk" FOREIGN KEY ("parent_region_id") REFERENCES "public"."cruise_regions"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_cabin_prices" ADD CONSTRAINT "cruise_sailing_cabin_prices_sailing_fk" FOREIGN KEY ("sailing_id") REFERENCES "public"."cruise_sailings"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_cabin_prices" ADD CONSTRAINT "cruise_sailing_cabin_prices_cabin_type_fk" FOREIGN KEY ("cabin_type_id") REFERENCES "public"."cruise_ship_cabin_types"("id") ON DELETE set null ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_regions" ADD CONSTRAINT "cruise_sailing_regions_sailing_fk" FOREIGN KEY ("sailing_id") REFERENCES "public"."cruise_sailings"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_regions" ADD CONSTRAINT "cruise_sailing_regions_region_fk" FOREIGN KEY ("region_id") REFERENCES "public"."cruise_regions"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_stops" ADD CONSTRAINT "cruise_sailing_stops_sailing_fk" FOREIGN KEY ("sailing_id") REFERENCES "public"."cruise_sailings"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailing_stops" ADD CONSTRAINT "cruise_sailing_stops_port_fk" FOREIGN KEY ("port_id") REFERENCES "public"."cruise_ports"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailings" ADD CONSTRAINT "cruise_sailings_line_fk" FOREIGN KEY ("line_id") REFERENCES "public"."cruise_lines"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailings" ADD CONSTRAINT "cruise_sailings_ship_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."cruise_ships"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailings" ADD CONSTRAINT "cruise_sailings_embark_fk" FOREIGN KEY ("embark_port_id") REFERENCES "public"."cruise_ports"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sailings" ADD CONSTRAINT "cruise_sailings_disembark_fk" FOREIGN KEY ("disembark_port_id") REFERENCES "public"."cruise_ports"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_ship_cabin_types" ADD CONSTRAINT "cruise_ship_cabin_types_ship_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."cruise_ships"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_ship_decks" ADD CONSTRAINT "cruise_ship_decks_ship_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."cruise_ships"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_ship_images" ADD CONSTRAINT "cruise_ship_images_ship_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."cruise_ships"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "public"."cruise_ships" ADD CONSTRAINT "cruise_ships_line_fk" FOREIGN KEY ("line_id") REFERENCES "public"."cruise_lines"("id") ON DELETE no action ON UPDATE no action;
  ALTER TABLE "public"."cruise_sync_raw" ADD CONSTRAINT "cruise_sync_raw_sync_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."cruise_sync_history"("id") ON DELETE set null ON UPDATE no action;
  CREATE INDEX "cruise_alternate_sailings_alternate_idx" ON "public"."cruise_alternate_sailings" USING btree ("alternate_sailing_id");
  CREATE INDEX "cruise_ftp_file_sync_sync_idx" ON "public"."cruise_ftp_file_sync" USING btree ("last_sync_id");
  CREATE INDEX "cruise_ftp_file_sync_status_idx" ON "public"."cruise_ftp_file_sync" USING btree ("status","last_synced_at");
  CREATE INDEX "cruise_lines_name_idx" ON "public"."cruise_lines" USING btree ("name");
  CREATE INDEX "cruise_ports_country_idx" ON "public"."cruise_ports" USING btree ("country_code","name");
  CREATE INDEX "cruise_regions_parent_idx" ON "public"."cruise_regions" USING btree ("parent_region_id");
  CREATE INDEX "cruise_sailing_cabin_prices_category_idx" ON "public"."cruise_sailing_cabin_prices" USING btree ("sailing_id","cabin_category","total_price");
  CREATE INDEX "cruise_sailing_cabin_prices_cabin_type_idx" ON "public"."cruise_sailing_cabin_prices" USING btree ("cabin_type_id");
  CREATE INDEX "cruise_sailing_regions_region_idx" ON "public"."cruise_sailing_regions" USING btree ("region_id","sailing_id");
  CREATE INDEX "cruise_sailing_stops_port_idx" ON "public"."cruise_sailing_stops" USING btree ("port_id","stop_date");
  CREATE INDEX "cruise_sailings_sail_date_idx" ON "public"."cruise_sailings" USING btree ("sail_date");
  CREATE INDEX "cruise_sailings_line_idx" ON "public"."cruise_sailings" USING btree ("line_id","sail_date");
  CREATE INDEX "cruise_sailings_ship_idx" ON "public"."cruise_sailings" USING btree ("ship_id","sail_date");
  CREATE INDEX "cruise_sailings_embark_idx" ON "public"."cruise_sailings" USING btree ("embark_port_id","sail_date");
  CREATE INDEX "cruise_sailings_disembark_idx" ON "public"."cruise_sailings" USING btree ("disembark_port_id","sail_date");
  CREATE INDEX "cruise_sailings_price_idx" ON "public"."cruise_sailings" USING btree ("price_from","sail_date");
  CREATE INDEX "cruise_ship_cabin_types_category_idx" ON "public"."cruise_ship_cabin_types" USING btree ("ship_id","cabin_category");
  CREATE INDEX "cruise_ships_line_idx" ON "public"."cruise_ships" USING btree ("line_id","name");
  CREATE INDEX "cruise_sync_history_started_idx" ON "public"."cruise_sync_history" USING btree ("started_at" DESC NULLS FIRST);
  CREATE INDEX "cruise_sync_raw_sync_idx" ON "public"."cruise_sync_raw" USING btree ("sync_id");
  CREATE INDEX "cruise_sync_raw_expires_idx" ON "public"."cruise_sync_raw" USING btree ("expires_at");
end
$migration$;
