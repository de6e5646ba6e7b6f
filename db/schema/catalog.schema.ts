import { pgSchema } from "drizzle-orm/pg-core";

/**
 * The cruise catalog: ordinary tables where it is owned (Production, dev), foreign tables where it is subscribed to.
 * Nothing in `public` may reference it by a foreign key, and it holds no enum type: neither survives becoming foreign.
 */
export const catalogSchema = pgSchema("catalog");
