import { sql } from "drizzle-orm";
import {
  boolean,
  foreignKey,
  index,
  jsonb,
  pgPolicy,
  pgTable,
  timestamp,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { authUsers, supabaseAuthAdminRole } from "drizzle-orm/supabase";
import { userRoleEnum, userStatusEnum } from "./enums.ts";
import { policies } from "./tenancy.ts";

// The access-token hook runs as Supabase Auth and has to find out who the user is.
const readableByAuth = (table: string) =>
  pgPolicy(`${table}_auth_hook`, { for: "select", to: supabaseAuthAdminRole, using: sql`true` });

/** Agency organizations: the root of multi-tenancy. */
export const agencies = pgTable(
  "agencies",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    name: varchar("name", { length: 255 }).notNull(),
    slug: varchar("slug", { length: 100 }).unique(),
    isActive: boolean("is_active").default(true),
    createdAt: timestamp("created_at", { withTimezone: true }).defaultNow(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).defaultNow(),
  },
  () => [readableByAuth("agencies"), ...policies("agencies")],
);

/** User data extending `auth.users`; `id` is the id there. */
export const userProfiles = pgTable(
  "user_profiles",
  {
    id: uuid("id").primaryKey(),
    agencyId: uuid("agency_id")
      .notNull()
      .references(() => agencies.id),
    role: userRoleEnum("role").notNull().default("user"),
    status: userStatusEnum("status").notNull().default("pending"),
    licensingInfo: jsonb("licensing_info"),
    commissionSettings: jsonb("commission_settings"),
    platformPreferences: jsonb("platform_preferences"),
  },
  (t) => [
    foreignKey({ name: "user_profiles_auth_user_fk", columns: [t.id], foreignColumns: [authUsers.id] }).onDelete(
      "cascade",
    ),
    unique("user_profiles_agency_key").on(t.agencyId, t.id),
    index("user_profiles_status_idx").on(t.agencyId, t.status),
    readableByAuth("user_profiles"),
    ...policies("user_profiles"),
  ],
);
