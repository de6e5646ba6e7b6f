import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRecord } from "../state.ts";

/** What is known of a setting; the file holds one for each of the API's description. */
interface Field {
  type: "boolean" | "integer" | "number" | "string";
  default: unknown;
  values?: string[];
  minimum?: number;
  maximum?: number;
  /** Answered as its SHA-256, and kept as nothing else. */
  secret?: boolean;
  readOnly?: boolean;
}

/** The settings of Auth that the API knows, by name. */
export const authFields = JSON.parse(readFileSync(join(import.meta.dirname, "config.json"), "utf8")) as Record<
  string,
  Field
>;

/** Every setting of a project's Auth with its value. */
export function authConfig(record: ProjectRecord): Record<string, unknown> {
  const defaults = Object.entries(authFields).map(([name, field]) => [name, field.default]);
  return { ...Object.fromEntries(defaults), ...record.settings.auth };
}
