import { char, numeric, timestamp, uuid, varchar } from "drizzle-orm/pg-core";

/** A random surrogate key named `id`. */
export const id = () => uuid("id").primaryKey().defaultRandom();

/** An instant. Wall-clock times of a place are kept as an instant plus the IANA zone of that place. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });

/** `created_at` and `updated_at`, both set by the database. */
export const timestamps = () => ({
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

/** An exact amount with two decimals, up to 9 999 999 999.99. Drizzle hands it over as a string, so no digit is lost. */
export const amount = (name: string) => numeric(name, { precision: 12, scale: 2 });

/** A share in percent with four decimals, 0 to 100 (checked where it is used). */
export const percent = (name: string) => numeric(name, { precision: 7, scale: 4 });

/** An ISO 4217 code. */
export const currency = (name = "currency") => char(name, { length: 3 });

/** An ISO 3166-1 alpha-2 code. */
export const country = (name = "country_code") => char(name, { length: 2 });

/** An IANA time zone, `America/Toronto`. */
export const timeZone = (name: string) => varchar(name, { length: 64 });
