import { boolean, foreignKey, jsonb, pgTable, timestamp, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { authUsers } from "drizzle-orm/supabase";
import { userRoleEnum, userStatusEnum } from "./enums.ts";

/** Agency organizations: the root of multi-tenancy. */
export const agencies = pgTable("agencies", {
  id: uuid("id").primaryKey().defaultRandom(),
  name: varchar("name", { length: 255 }).notNull(),
  slug: varchar("slug", { length: 100 }).unique(),
  isActive: boolean("is_active").default(true),
  createdAt: timestamp("created_at", { withTimezone: true }).defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).defaultNow(),
});

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
  ],
);
