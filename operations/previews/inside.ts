import { RefusedError } from "../../engine/error.ts";
import type { PrContext } from "./context.ts";
import { downPreview } from "./down.ts";
import { otherLine, type PreviewEntry, takeInventory } from "./inventory.ts";

/**
 * Previews of pull requests that live in the shared project, as a database or a branch of it: they go with it.
 * @throws RefusedError where others than ours live there; Error where it cannot be found out
 */
export async function previewsInside(context: PrContext): Promise<PreviewEntry[]> {
  const { previews, others, problems } = await takeInventory(context);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const foreign = others.filter(({ kind }) => kind !== "project").map(otherLine);
  if (foreign.length > 0) {
    throw new RefusedError({
      attempted: "Removing the project that previews live in",
      answered: `previews that are not ours live there:\n${foreign.join("\n")}\nNothing was changed`,
      next: "Have them removed by their repository, or adopt those without a mark that are yours.",
    });
  }
  return previews.filter(({ stamp, databases, projects }) => {
    const inside = stamp?.isolation === "database" || stamp?.isolation === "branch";
    return inside || databases.length > 0 || projects.some(({ branchId }) => branchId !== undefined);
  });
}

/** One line of a list of what goes with the shared project. */
export function insideLine({ number, databases, projects, stack }: PreviewEntry): string {
  const parts = [
    ...databases.map(({ name }) => `database ${name}`),
    ...projects.flatMap(({ ref, branchId }) => (branchId ? [`branch ${ref}`] : [])),
    ...(stack ? ["its stack"] : []),
  ];
  return `preview of pull request ${number}: ${parts.join(", ")}`;
}

/** Removes them, so that no stack is left whose database has gone. */
export async function removeInside(context: PrContext, entries: readonly PreviewEntry[]): Promise<void> {
  for (const { number } of entries) {
    const { problems } = await downPreview(context, number);
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }
}
