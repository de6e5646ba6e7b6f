import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The part of a Supabase database that migrations lean on, for a database a customer may make: `postgres` creates only
 * trusted extensions there, and has no Auth, Storage or Vault behind it. The Vault is a table that encrypts nothing:
 * previews inside a shared project hold no secret worth one.
 */
export const platformSql = readFileSync(join(import.meta.dirname, "platform.sql"), "utf8");
