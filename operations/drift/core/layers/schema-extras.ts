import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseLogin } from "../../../session/login.ts";
import type { Finding } from "../finding.ts";
import { readOnly } from "../target.ts";
import { compareFacts, type Facts } from "./facts.ts";

const extrasSql = readFileSync(join(import.meta.dirname, "schema-extras.sql"), "utf8");

/**
 * What belongs to the schema and pg-delta does not read, by object and aspect behind `#`: triggers of foreign keys that
 * are switched off, samples per column, and things in the application's schemas that belong to a role of the platform.
 */
export function readFurther(target: DatabaseLogin): Promise<Facts> {
  return readOnly(target, async (sql) => {
    const rows = await sql.unsafe<{ name: string; value: string }[]>(extrasSql);
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  });
}

/** Where they differ from what the migrations make. */
export function compareFurther(live: Facts, expected: Facts): Finding[] {
  const advice = "Put it back by hand, or write a migration that makes it so.";
  return compareFacts({ live, expected, layer: "schema", severity: "high", advice });
}
