import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserializeSnapshot, type FactBase, serializeSnapshot, supabaseProfile } from "@supabase/pg-delta";
import { extract } from "@supabase/pg-delta/extract";
import type { Settings } from "../../db/migrate/settings.ts";
import { readOnlyPool, type Target } from "../target.ts";

/** A schema as pg-delta reads it, and what of it pg-delta has no model for, by kind. */
export interface SchemaFacts {
  readonly facts: FactBase;
  readonly unmodeled: Readonly<Record<string, readonly string[]>>;
}

/** What an environment is to look like: which migrations have run, under which settings. */
export interface Version {
  /** Drizzle's migrations folder. */
  readonly folder: string;
  readonly settings: Settings;
  /** Applied migrations in order. */
  readonly applied: readonly { readonly tag: string; readonly hash: string }[];
}

/** Gives an empty database of Supabase's shape, migrated to a version, to `work`, and removes it. */
export type ShadowFactory = <Result>(version: Version, work: (shadow: Target) => Promise<Result>) => Promise<Result>;

/** Reads a database's schema in one read-only snapshot. */
export function readSchema(target: Target): Promise<SchemaFacts> {
  return readOnlyPool(target, async (pool) => {
    const { factBase, diagnostics } = await extract(pool, { handlers: supabaseProfile.handlers });
    const failed = diagnostics.filter(({ severity }) => severity === "error");
    if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join("; "));
    const unmodeled = diagnostics.flatMap(({ code, context }) =>
      code === "unmodeled_kind" && context ? [[String(context.kind), namesOf(context)] as const] : [],
    );
    return { facts: factBase, unmodeled: Object.fromEntries(unmodeled) };
  });
}

/**
 * The schema a version makes. Read from a shadow the first time, from `cacheFolder` afterwards: every environment at the
 * same version in the same mode shares it. Nothing of an environment but the names of its catalog goes in.
 */
export async function expectedSchema(options: {
  readonly version: Version;
  readonly shadow: ShadowFactory;
  readonly cacheFolder: string;
}): Promise<SchemaFacts> {
  const { version, shadow, cacheFolder } = options;
  const path = join(cacheFolder, `${keyOf(version)}.json`);
  if (existsSync(path)) {
    const { facts, unmodeled } = JSON.parse(await readFile(path, "utf8"));
    return { facts: deserializeSnapshot(facts).factBase, unmodeled };
  }
  const read = await shadow(version, readSchema);
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  const content = { facts: serializeSnapshot(read.facts, { pgVersion: "" }), unmodeled: read.unmodeled };
  await writeFile(partial, JSON.stringify(content), { mode: 0o600 });
  await rename(partial, path);
  return read;
}

function keyOf({ applied, settings }: Version): string {
  const source = settings.catalog_source;
  const names =
    typeof source === "object" && source !== null && !Array.isArray(source)
      ? { ...source, options: null, user: null }
      : null;
  const parts = [FORMAT, applied.map(({ tag, hash }) => `${tag} ${hash}`), settings.catalog ?? "local", names];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

// Raise it when what a shadow holds changes otherwise than through migrations and settings.
const FORMAT = "1 pg-delta 1.0.0-alpha.34";

function namesOf(context: Record<string, unknown>): string[] {
  const { samples, count } = context;
  const named = Array.isArray(samples) ? samples.map(String).sort() : [];
  const more = Number(count) - named.length;
  return more > 0 ? [...named, `and ${more} more`] : named;
}
