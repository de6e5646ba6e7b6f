import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserializeSnapshot, serializeSnapshot } from "@supabase/pg-delta";
import { type Rows, readRows } from "./kinds/rows.ts";
import { readSchema, type SchemaFacts, type ShadowFactory, type Version } from "./layers/schema-facts.ts";

/** What a database at a version looks like that was not touched. */
export interface ExpectedState {
  readonly schema: SchemaFacts;
  /** Before any migration. */
  readonly born: Rows;
  readonly migrated: Rows;
}

// Raise it when what a shadow holds, or what is read from it, changes otherwise than through migrations and settings.
const FORMAT = "5 pg-delta 1.0.0-alpha.34";
const pending = new Map<string, Promise<ExpectedState>>();

/**
 * What a version makes of a fresh project, and what the project was before: read from a shadow the first time, from `cacheFolder` afterwards. Every environment at the same
 * version in the same mode shares it. Nothing of an environment but the names of its catalog goes in.
 * @param options.platform names what the shadow is made of, as it is before any migration
 */
export function expectedState(options: {
  readonly version: Version;
  readonly shadow: ShadowFactory;
  readonly platform: string;
  readonly cacheFolder: string;
}): Promise<ExpectedState> {
  const path = join(options.cacheFolder, `${keyOf(options)}.json`);
  const known = pending.get(path) ?? readOrMake(path, options).finally(() => pending.delete(path));
  pending.set(path, known);
  return known;
}

async function readOrMake(
  path: string,
  { version, shadow, cacheFolder }: Parameters<typeof expectedState>[0],
): Promise<ExpectedState> {
  if (existsSync(path)) {
    const { facts, born, migrated } = JSON.parse(await readFile(path, "utf8"));
    return { schema: { facts: deserializeSnapshot(facts).factBase }, born, migrated };
  }
  const made = await shadow(version, {
    born: readRows,
    migrated: (target) => Promise.all([readSchema(target), readRows(target)]),
  });
  const [schema, migrated] = made.migrated;
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  const facts = serializeSnapshot(schema.facts, { pgVersion: "" });
  const content = { facts, born: made.born, migrated };
  await writeFile(partial, JSON.stringify(content), { mode: 0o600 });
  await rename(partial, path);
  return { schema, born: made.born, migrated };
}

function keyOf({ version, platform }: Pick<Parameters<typeof expectedState>[0], "version" | "platform">): string {
  const { applied, settings } = version;
  const source = settings.catalog_source;
  const isObject = typeof source === "object" && source !== null && !Array.isArray(source);
  const names = isObject ? { ...source, options: null, user: null } : null;
  const parts = [
    FORMAT,
    platform,
    applied.map(({ tag, hash }) => `${tag} ${hash}`),
    settings.catalog ?? "local",
    names,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
