import type { DatabaseLogin } from "../../session/login.ts";
import type { Advice } from "./layers/advisors.ts";
import type { LegacyKeys } from "./layers/api-keys.ts";
import type { SettingsView } from "./layers/configuration.ts";
import type { ResourceView } from "./layers/resources.ts";
import type { ShadowFactory } from "./layers/schema-facts.ts";
import type { Home } from "./layers/security.ts";

/** One stack, and how each part of it is reached. */
export interface Subject {
  readonly stack: string;
  /** Who works on the stack right now; undefined where it is free. Asked before and after. */
  busy(): Promise<string | undefined>;
  target(): Promise<DatabaseLogin>;
  /** What must not be seen in any report. */
  secrets(): Promise<readonly string[]>;
  /** The engine's comparison, without changing state. */
  resources(): Promise<ResourceView>;
  /** The stack's settings, now and at the last `up`. */
  settings(): Promise<SettingsView>;
  /** What Supabase's advisors say of the project. */
  advice(): Promise<Advice>;
  /** Whether the API's legacy keys are in use. */
  legacyKeys(): Promise<LegacyKeys>;
  /** Drizzle's migrations folder. */
  readonly folder: string;
  /** Roles of the catalog's reader, which a resource owns. */
  readonly readers: readonly string[];
  readonly shadow: ShadowFactory;
  /** Names what a shadow is made of, as it is before any migration. */
  readonly platform: string;
  /** Where what this database is at birth is known from. */
  readonly home: Home;
  /** Folder in which expected states are kept; nothing of an environment's is in them. */
  readonly cacheFolder: string;
}
