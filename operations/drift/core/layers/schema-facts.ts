import { type FactBase, supabaseProfile } from "@supabase/pg-delta";
import { extract } from "@supabase/pg-delta/extract";
import type pg from "pg";
import type { DatabaseSettings } from "../../../../db/migrate/settings.ts";
import type { Plan } from "../../../../db/migrate.ts";
import type { DatabaseLogin } from "../../../session/login.ts";
import { readOnlyPool } from "../target.ts";

/** A schema as pg-delta reads it. What it has no model for is read by the kinds of core/kinds. */
export interface SchemaFacts {
  readonly facts: FactBase;
}

/** What an environment is to look like: which migrations have run, under which settings. */
export interface Version {
  /** Drizzle's migrations folder. */
  readonly folder: string;
  readonly settings: DatabaseSettings;
  /** Applied migrations in order. */
  readonly applied: readonly { readonly tag: string; readonly hash: string }[];
}

/** Makes a database of Supabase's shape, gives it to `born`, then, migrated to a version, to `migrated`, and removes it. */
export type ShadowFactory = <Born, Migrated>(
  version: Version,
  work: {
    readonly born: (shadow: DatabaseLogin) => Promise<Born>;
    readonly migrated: (shadow: DatabaseLogin) => Promise<Migrated>;
  },
) => Promise<{ readonly born: Born; readonly migrated: Migrated }>;

/**
 * Every migration through the last one that was applied: the ledger may have lost a row, or a text in it may have been
 * changed, and the schema still is what the files make. The layer `migrations` says so.
 */
export function throughLast(
  { applied, edited }: Pick<Plan, "applied" | "edited">,
  journal: readonly { readonly tag: string; readonly hash: string }[],
): Version["applied"] {
  const known = new Set([...applied, ...edited].map(({ tag }) => tag));
  const last = journal.findLastIndex(({ tag }) => known.has(tag));
  return journal.slice(0, last + 1).map(({ tag, hash }) => ({ tag, hash }));
}

/** Reads a database's schema in one read-only snapshot. */
export function readSchema(target: DatabaseLogin): Promise<SchemaFacts> {
  return readOnlyPool(target, schemaOf);
}

/** The same, by a pool that is there. */
export async function schemaOf(pool: pg.Pool): Promise<SchemaFacts> {
  const { factBase, diagnostics } = await extract(pool, { handlers: supabaseProfile.handlers });
  const failed = diagnostics.filter(({ severity }) => severity === "error");
  if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join("; "));
  // The layer `resources` compares mappings, and no role but a superuser may read all: nothing is planned for them.
  const kept = factBase.diagnostics.filter(({ code }) => code !== "user-mapping-unreadable");
  factBase.diagnostics.splice(0, factBase.diagnostics.length, ...kept);
  return { facts: factBase };
}

/** Names of the foreign tables in a schema. */
export function foreignTablesOf({ facts }: SchemaFacts, schema: string): string[] {
  return facts
    .facts()
    .flatMap(({ id }) => (id.kind === "foreignTable" && id.schema === schema ? [id.name] : []))
    .sort();
}
