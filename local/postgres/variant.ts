import { readFileSync } from "node:fs";
import { join } from "node:path";

/** In what fresh hosted projects of one day differ, as far as the local cloud can be each. facts/platform-facts.json: variants. */
export interface Variant {
  /** After CREATE EXTENSION of a wrapper: `a` makes role `postgres` its owner, `c` grants it USAGE. */
  wrapper: "a" | "c";
  /** What the API roles are granted on what `postgres` makes in `public`: `new` since 2026-05-30, `old` before. */
  grants: "new" | "old";
}

/** What a project is unless another variant is asked for. */
export const USUAL_VARIANT: Variant = { wrapper: "a", grants: "new" };

/** Words that choose a variant. */
export const VARIANT_WORDS = ["wrapper-a", "wrapper-c", "grants-new", "grants-old"] as const;

/** `before` with what the words say; undefined where one of them is none of VARIANT_WORDS. */
export function changeVariant(before: Variant, words: readonly string[]): Variant | undefined {
  if (!words.every((word) => VARIANT_WORDS.some((known) => known === word))) return undefined;
  return { ...before, ...Object.fromEntries(words.map((word) => word.split("-") as [string, string])) };
}

/** The words of a variant. */
export function variantWords(variant: Variant): string[] {
  return Object.entries(variant).map(([what, kind]) => `${what}-${kind}`);
}

/** SQL that makes a copy of the template the variant, run as `supabase_admin`; empty where the template is it. */
export function variantSql(variant: Variant): string {
  return variant.grants === "old" ? OLD_GRANTS : "";
}

const OLD_GRANTS = readFileSync(join(import.meta.dirname, "variant/old-grants.sql"), "utf8");
