import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Reads a JSON file of `meta/` in the migrations folder. Two branches that both generated meet there first, so what does not
 * parse is named with its file, and conflict markers as such.
 */
export function readMeta<T>(folder: string, name: string): T {
  const path = join(folder, "meta", name);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Reading ${path} failed: ${said}. ${nextFor(path)}`, { cause });
  }
}

const restore = "Restore it from version control.";

function nextFor(path: string): string {
  if (!isConflict(path)) return restore;
  return path.endsWith("_access.json")
    ? "It holds a merge conflict: keep the entries of both sides."
    : "It holds a merge conflict: keep the other side's meta/ and journal, take your own migration out, and generate it again.";
}

function isConflict(path: string): boolean {
  try {
    return /^<{7}/m.test(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}
