import type { PrContext } from "./context.ts";
import { downPreview } from "./down.ts";
import { type PreviewEntry, takeInventory } from "./inventory.ts";

/** Previews of pull requests that live in the shared project, as a database or a branch of it: they go with it. */
export async function previewsInside(context: PrContext): Promise<PreviewEntry[]> {
  const entries = await takeInventory(context);
  return entries.filter(({ stamp, databases, projects }) => {
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
  for (const { number } of entries) await downPreview(context, number);
}
