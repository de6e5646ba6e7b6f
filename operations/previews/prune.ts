import { InterruptedError } from "../../engine/error.ts";
import { forgetTraces, type PrContext, withPreviewLock } from "./context.ts";
import { lookAtShared } from "./database/shared.ts";
import { dropOldTemplates } from "./database/template.ts";
import { removePreview } from "./down.ts";
import { type PreviewEntry, takeInventory } from "./inventory.ts";

export interface PruneOptions {
  /** Numbers of the open pull requests; undefined where it is not known. */
  readonly open: ReadonlySet<number> | undefined;
  readonly dryRun: boolean;
  /** A project without a stack is left alone for this long, as another machine may just be making it. */
  readonly graceMs: number;
  /** Told each thing that is, or would be, removed. */
  readonly say: (line: string) => void;
  /** Told each preview that was removed. */
  readonly removed?: ((doomed: Doomed) => Promise<void>) | undefined;
}

/** One preview that is to go, and why. */
interface Doomed {
  readonly number: number;
  readonly reason: string;
}

export interface PruneReport {
  readonly dryRun: boolean;
  readonly removed: readonly Doomed[];
  readonly failed: readonly (Doomed & { readonly error: string })[];
  readonly templates: readonly string[];
  /** What could not be looked at. */
  readonly problems: readonly string[];
}

/** Removes previews that are no longer needed. One that fails does not keep the others. */
export async function prunePreviews(context: PrContext, options: PruneOptions): Promise<PruneReport> {
  const removed: Doomed[] = [];
  const failed: (Doomed & { error: string })[] = [];
  const { previews, problems } = await takeInventory(context);
  for (const entry of previews) {
    const reason = reasonToRemove(entry, options);
    if (reason === undefined) continue;
    const doomed = { number: entry.number, reason };
    options.say(`${options.dryRun ? "would remove" : "removing"} #${entry.number}: ${reason}`);
    if (options.dryRun) {
      removed.push(doomed);
      continue;
    }
    try {
      if (!(await removeIfStill(context, doomed.number, options))) continue;
      removed.push(doomed);
      await options.removed?.(doomed);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      failed.push({ ...doomed, error: error instanceof Error ? error.message : String(error) });
    }
  }
  if (!options.dryRun) await forgetTraces(context);
  const templates = options.dryRun ? [] : await pruneTemplates(context);
  return { dryRun: options.dryRun, removed, failed, templates, problems };
}

/** What was seen may have changed while waiting for another command that worked on it. */
function removeIfStill(context: PrContext, number: number, options: PruneOptions): Promise<boolean> {
  return withPreviewLock(context, number, async () => {
    const entry = (await takeInventory(context)).previews.find((candidate) => candidate.number === number);
    if (!entry || reasonToRemove(entry, options) === undefined) return false;
    const { left, problems } = await removePreview(context, number);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    if (left.length > 0) throw new Error(`${left.join(", ")}: a session that may not be ended keeps it for now`);
    return true;
  });
}

/** Why a preview is to go; undefined where it is to stay. */
export function reasonToRemove(
  entry: PreviewEntry,
  options: Pick<PruneOptions, "open" | "graceMs">,
  now = Date.now(),
): string | undefined {
  const { state, stamp, number } = entry;
  if (state === "expired") return `it expired on ${stamp?.expiresAt}`;
  if (options.open && !options.open.has(number) && isOldEnough(entry, options.graceMs, now)) {
    return "its pull request is not open";
  }
  if (state === "orphan" && isOldEnough(entry, options.graceMs, now)) return "no stack knows it";
  const removing = entry.databases.find(({ open }) => !open);
  return removing && !entry.databases.some(({ open }) => open)
    ? `its database ${removing.name} could not be removed at first`
    : undefined;
}

function isOldEnough(entry: PreviewEntry, graceMs: number, now: number): boolean {
  const times = [entry.stamp?.createdAt, ...entry.projects.map(({ createdAt }) => createdAt)];
  const newest = Math.max(0, ...times.flatMap((time) => (time === undefined ? [] : new Date(time).getTime())));
  return now - newest >= graceMs;
}

async function pruneTemplates(context: PrContext): Promise<string[]> {
  // The inventory has said already what cannot be reached.
  const { answer } = await lookAtShared(context, [], (sql) => dropOldTemplates(sql, context.mark));
  return answer ?? [];
}
