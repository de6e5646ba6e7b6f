import type { Deployment } from "../../engine/backend.ts";
import { RefusedError } from "../../engine/error.ts";
import type { PreviewProject } from "./cloud.ts";
import { openPreview, type PrContext, previewStacks, withPreviewLock } from "./context.ts";
import { type FoundDatabase, listDatabases, markDatabase } from "./database/databases.ts";
import { findShared, withShared } from "./database/shared.ts";
import { recordedIn } from "./ownership.ts";

/** What got a mark. */
export interface AdoptReport {
  readonly number: number;
  readonly renamed: readonly Renaming[];
}

interface Renaming {
  readonly from: string;
  readonly to: string;
}

interface Candidate {
  /** Ref of a project or branch, or name of a database. */
  readonly id: string;
  readonly name: string;
  readonly recorded: boolean;
  readonly mark: () => Promise<string>;
}

/**
 * Puts this repository's mark into the name of a preview that was made without one: from then on `down` and `prune`
 * may remove it, whichever state recorded it.
 * @param ref ref of the project or branch, or name of the database; default what the state recorded, else the only one
 * @throws RefusedError where there is none, or more than one and no state says which is ours
 */
export function adoptPreview(context: PrContext, number: number, ref?: string): Promise<AdoptReport> {
  return withPreviewLock(context, number, async () => {
    const stack = (await previewStacks(context)).get(number);
    const candidates = await findCandidates(context, number, await stack?.readState());
    const renamed: Renaming[] = [];
    for (const { name, mark } of choose(candidates, number, ref)) renamed.push({ from: name, to: await mark() });
    if (stack) await renameInState(context, number, renamed);
    return { number, renamed };
  });
}

async function findCandidates(context: PrContext, number: number, state: Deployment | undefined): Promise<Candidate[]> {
  const recorded = recordedIn(state);
  const shared = await findShared(context);
  const isCandidate = (part: PreviewProject | FoundDatabase) => part.number === number && part.mark === undefined;
  const projects = (await context.api.list(shared?.ref)).filter(isCandidate).map((project) => ({
    id: project.ref,
    name: project.name,
    recorded: recorded.ids.has(project.branchId ?? project.ref),
    mark: () => context.api.mark(project, context.mark),
  }));
  if (!shared) return projects;
  const databases = (await withShared(shared, listDatabases)).filter(isCandidate).map((database) => ({
    id: database.name,
    name: database.name,
    recorded: recorded.databases.has(`${shared.ref}/${database.name}`),
    mark: () => withShared(shared, (sql) => markDatabase(sql, database, context.mark)),
  }));
  return [...projects, ...databases];
}

function choose(candidates: readonly Candidate[], number: number, ref: string | undefined): readonly Candidate[] {
  const recorded = candidates.filter((candidate) => candidate.recorded);
  const chosen =
    ref !== undefined ? candidates.filter(({ id }) => id === ref) : recorded.length > 0 ? recorded : candidates;
  const sure = ref !== undefined || recorded.length > 0 || chosen.length === 1;
  if (chosen.length > 0 && sure) return chosen;
  const listed = candidates.map(({ id, name }) => (id === name ? id : `${id} "${name}"`)).join(", ");
  throw new RefusedError({
    attempted: `Adopting the preview of pull request ${number}`,
    answered:
      chosen.length === 0
        ? `there is nothing unmarked of it${ref === undefined ? "" : ` called ${ref}`}${listed && `; unmarked: ${listed}`}`
        : `no state says which of these is ours: ${listed}`,
    next: chosen.length === 0 ? "See what there is: npm run pr -- list" : "Name one with --ref.",
  });
}

/** The state names what it recorded as well: otherwise the next `up` would give the old name back. */
async function renameInState(context: PrContext, number: number, renamed: readonly Renaming[]): Promise<void> {
  const { stack } = await openPreview(context, number);
  const exported = await stack.exportState();
  const names = new Map(renamed.map(({ from, to }) => [from, to]));
  const resources = exported.deployment.resources?.map((resource) => renamedIn(resource, names));
  await stack.importState({ ...exported, deployment: { ...exported.deployment, ...(resources && { resources }) } });
}

/** A resource with every input and output that is one of the names, whole, replaced. */
function renamedIn<T extends object>(resource: T, names: ReadonlyMap<string, string>): T {
  const replaced = (value: unknown): unknown => {
    if (typeof value === "string") return names.get(value) ?? value;
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner)]));
  };
  const parts = Object.entries(resource).filter(([key]) => key === "inputs" || key === "outputs");
  return { ...resource, ...Object.fromEntries(parts.map(([key, value]) => [key, replaced(value)])) };
}
