CREATE TYPE "public"."trip_status" AS ENUM('draft', 'quoted', 'booked', 'travelling', 'completed', 'cancelled');
--> statement-breakpoint
CREATE TYPE "public"."user_role" AS ENUM('user', 'admin');
--> statement-breakpoint
CREATE TYPE "public"."user_status" AS ENUM('pending', 'active', 'suspended');
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
CREATE TABLE "trips" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agency_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"status" "trip_status" DEFAULT 'draft' NOT NULL,
	"name" varchar(255) NOT NULL,
	"reference" varchar(50),
	"destination" varchar(255),
	"start_date" date,
	"end_date" date,
	"currency" char(3) DEFAULT 'CAD' NOT NULL,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trips_agency_key" UNIQUE("agency_id","id"),
	CONSTRAINT "trips_reference_key" UNIQUE("agency_id","reference"),
	CONSTRAINT "trips_dates_check" CHECK ("trips"."end_date" >= "trips"."start_date"),
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
ALTER TABLE "trips" ADD CONSTRAINT "trips_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trips" ADD CONSTRAINT "trips_owner_fk" FOREIGN KEY ("agency_id","owner_id") REFERENCES "public"."user_profiles"("agency_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_agency_id_agencies_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_auth_user_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "trips_newest_idx" ON "trips" USING btree ("agency_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "trips_owner_idx" ON "trips" USING btree ("agency_id","owner_id","created_at" DESC NULLS LAST);