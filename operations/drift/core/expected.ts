import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserializeSnapshot, serializeSnapshot } from "@supabase/pg-delta";
import type { Facts } from "./layers/facts.ts";
import { readFurther } from "./layers/schema-extras.ts";
import { readSchema, type SchemaFacts, type ShadowFactory, type Version } from "./layers/schema-facts.ts";
import { readSecurity } from "./layers/security-facts.ts";

/** What a database at a version looks like that was not touched. */
export interface ExpectedState {
  readonly schema: SchemaFacts;
  /** What of the schema pg-delta does not read. */
  readonly further: Facts;
  readonly security: Facts;
}

// Raise it when what a shadow holds, or what is read from it, changes otherwise than through migrations and settings.
const FORMAT = "3 pg-delta 1.0.0-alpha.34";
const pending = new Map<string, Promise<ExpectedState>>();

/**
 * What a version makes: read from a shadow the first time, from `cacheFolder` afterwards. Every environment at the same
 * version in the same mode shares it. Nothing of an environment but the names of its catalog goes in.
 */
export function expectedState(options: {
  readonly version: Version;
  readonly shadow: ShadowFactory;
  readonly cacheFolder: string;
}): Promise<ExpectedState> {
  const path = join(options.cacheFolder, `${keyOf(options.version)}.json`);
  const known = pending.get(path) ?? readOrMake(path, options).finally(() => pending.delete(path));
  pending.set(path, known);
  return known;
}

async function readOrMake(
  path: string,
  { version, shadow, cacheFolder }: Parameters<typeof expectedState>[0],
): Promise<ExpectedState> {
  if (existsSync(path)) {
    const { facts, unmodeled, further, security } = JSON.parse(await readFile(path, "utf8"));
    return { schema: { facts: deserializeSnapshot(facts).factBase, unmodeled }, further, security };
  }
  const [schema, further, security] = await shadow(version, (target) =>
    Promise.all([readSchema(target), readFurther(target), readSecurity(target)]),
  );
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  const facts = serializeSnapshot(schema.facts, { pgVersion: "" });
  const content = { facts, unmodeled: schema.unmodeled, further, security };
  await writeFile(partial, JSON.stringify(content), { mode: 0o600 });
  await rename(partial, path);
  return { schema, further, security };
}

function keyOf({ applied, settings }: Version): string {
  const source = settings.catalog_source;
  const isObject = typeof source === "object" && source !== null && !Array.isArray(source);
  const names = isObject ? { ...source, options: null, user: null } : null;
  const parts = [FORMAT, applied.map(({ tag, hash }) => `${tag} ${hash}`), settings.catalog ?? "local", names];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
