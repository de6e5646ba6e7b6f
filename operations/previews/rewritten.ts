import { readMigrations } from "../../db/migrate/journal.ts";
import type { Deployment } from "../../engine/backend.ts";
import { migrationsFolder } from "../../engine/paths.ts";

/**
 * Why the migrations a preview has do not lead to those of this checkout: one was rewritten or taken away by a force-push,
 * or a rebase brought one that comes before. The runner refuses both, as it has to where there is data to keep.
 * @param state the state of the preview's stack
 * @returns a reason in words; undefined where its next `up` can go on
 */
export async function rewrittenMigrations(state: Deployment | undefined): Promise<string | undefined> {
  const recorded = state?.resources?.find(({ type }) => type === "database:index:Migrations")?.outputs?.applied;
  if (!Array.isArray(recorded)) return undefined;
  const applied = new Map(recorded.map((row): [string, string] => [String(row?.hash), String(row?.tag)]));
  const wanted = (await readMigrations(migrationsFolder)).map(({ tag, hash, otherHashes }) => ({
    tag,
    hashes: [hash, ...otherHashes],
  }));
  const known = new Set(wanted.flatMap(({ hashes }) => hashes));
  const gone = [...applied].flatMap(([hash, tag]) => (known.has(hash) ? [] : [tag]));
  if (gone.length > 0) return `this checkout has another version of its ${gone.join(", ")}, or none`;
  const isApplied = wanted.map(({ hashes }) => hashes.some((hash) => applied.has(hash)));
  const late = wanted.slice(0, isApplied.lastIndexOf(true) + 1).filter((_, index) => !isApplied[index]);
  return late.length > 0 ? `${late.map(({ tag }) => tag).join(", ")} comes before migrations it has` : undefined;
}
