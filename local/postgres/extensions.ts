import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const handOverSql = readFileSync(join(import.meta.dirname, "hand-over.sql"), "utf8");

/** Extensions of ours: control files and scripts that the copy of Postgres gets. */
const OWN = join(import.meta.dirname, "extension");

/** Languages the platform does not have; here they are in the package. */
const ABSENT = ["plpython3u", "plperl", "plperlu", "pltcl", "pltclu"];

/** What the extensions of the package become in the copy that belongs to the local cloud. */
export interface PlatformExtensions {
  readonly changes: readonly ExtensionChange[];
  /** Extensions that are not there on the platform. */
  readonly absent: readonly string[];
  /** Files that are added, by name. */
  readonly added: Readonly<Record<string, string>>;
}

/** What is changed in the files of one extension, so that `postgres` may create it here as on the platform. */
interface ExtensionChange {
  readonly extension: string;
  /** Role `postgres` may create it; the objects then belong to `supabase_admin`. */
  readonly trusted: boolean;
  /** Runs at the end of its script, as `supabase_admin`. */
  readonly afterwards?: string;
}

/** Wrappers that an extension brings, and that `postgres` may use once it is created. */
const WRAPPERS: Readonly<Record<string, string>> = { postgres_fdw: "postgres_fdw", dblink: "dblink_fdw" };

/**
 * The extensions that role `postgres` may create on the platform, by facts/platform-facts.json (extensions.contrib).
 * supautils lets it; here control files say that they are trusted.
 */
export async function platformExtensions(): Promise<PlatformExtensions> {
  const file = join(import.meta.dirname, "../../facts/platform-facts.json");
  const facts: { extensions: { contrib: { allowed: string[] } } } = JSON.parse(await readFile(file, "utf8"));
  const changes = facts.extensions.contrib.allowed.map((extension) => {
    const wrapper = WRAPPERS[extension];
    return { extension, trusted: true, ...(wrapper ? { afterwards: handOver(wrapper) } : {}) };
  });
  const names = (await readdir(OWN)).sort();
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(OWN, name), "utf8")] as const));
  return { changes, absent: ABSENT, added: Object.fromEntries(texts) };
}

/**
 * What CREATE EXTENSION leaves of the wrapper depends on the image (extensions.foreignDataWrapper): variant A makes
 * `postgres` its owner, variant C grants USAGE. The setting platform.wrapper_owner of a project says which.
 */
function handOver(wrapper: string): string {
  return handOverSql.trimEnd().replaceAll(':"wrapper"', wrapper);
}
