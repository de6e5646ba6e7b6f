import { pgEnum } from "drizzle-orm/pg-core";

export const userRoleEnum = pgEnum("user_role", ["user", "admin"]);
export const userStatusEnum = pgEnum("user_status", ["pending", "active", "suspended"]);
export const tripStatusEnum = pgEnum("trip_status", [
  "draft",
  "quoted",
  "booked",
  "travelling",
  "completed",
  "cancelled",
]);
