import { forgettable } from "../session/forget.ts";
import { stackOf } from "../session/stack-names.ts";
import { forgetSettings, openPreview, type PrContext, previewStacks, whenFree, withPreviewLock } from "./context.ts";
import { dropDatabases } from "./database/databases.ts";
import { lookAtShared } from "./database/shared.ts";
import { ownerOf, recordedIn } from "./ownership.ts";
import { goingOn, type Problems } from "./problems.ts";

/** What was removed. */
export interface DownReport {
  readonly number: number;
  /** Whether there was a stack. */
  readonly stack: boolean;
  /** Projects and branches no stack knew, by ref. */
  readonly orphans: readonly string[];
  /** Projects and branches (by ref) and databases of this number that are not ours: they were left alone. */
  readonly others: string[];
  /** Databases that stay for now, closed to new sessions. */
  readonly left: readonly string[];
  /** What could not be removed, with the next step each; what else there was is gone. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/**
 * Removes the preview of a pull request with all that belongs to it, known to a stack or not: what the state recorded,
 * and what has this repository's mark. Safe to repeat.
 */
export function downPreview(context: PrContext, number: number, options: DownOptions = {}): Promise<DownReport> {
  return withPreviewLock(context, number, () => removePreview(context, number, options));
}

export interface DownOptions {
  /** Delete its project or branch by ref alone: its database or its passphrase is gone. Default false. */
  readonly forgetDatabase?: boolean | undefined;
}

/** The same for a caller that holds the lock. */
export async function removePreview(
  context: PrContext,
  number: number,
  { forgetDatabase = false }: DownOptions = {},
): Promise<DownReport> {
  const began = Date.now();
  const { mark, api } = context;
  const problems: Problems = [];
  const found = (await previewStacks(context)).get(number);
  const recorded = recordedIn(await found?.readState().catch(() => undefined));
  if (found) {
    await goingOn(problems, `Stack ${found.name} stays`, async () => {
      if (forgetDatabase) return forgetStack(context, number);
      const opened = (await openPreview(context, number)).stack;
      await whenFree(context, () => opened.destroy());
      await opened.remove();
    });
  }
  await forgetSettings(context, number);
  const isOwn = (part: { mark?: string }, known: boolean) => ownerOf(part, { mark, recorded: known }) === "own";
  // Without its database there is nothing to be said against a shared project that cannot be reached: prune comes by.
  const { ref, answer } = await lookAtShared(context, forgetDatabase ? [] : problems, (sql, shared) =>
    dropDatabases(sql, number, (one) => isOwn(one, recorded.databases.has(`${shared}/${one.name}`))),
  );
  const { left, kept: others } = answer ?? { left: [], kept: [] };
  const orphans: string[] = [];
  for (const project of (await api.list(ref)).filter((candidate) => candidate.number === number)) {
    const own = isOwn(project, recorded.ids.has(project.branchId ?? project.ref));
    if (!own) others.push(project.ref);
    else if (await goingOn(problems, project.name, () => api.remove(project).then(() => true)))
      orphans.push(project.ref);
  }
  return { number, stack: found !== undefined, orphans, others, left, problems, seconds: (Date.now() - began) / 1000 };
}

async function forgetStack({ cloud, dataDir }: PrContext, number: number): Promise<void> {
  const again = `npm run pr -- down ${number} --forget-database`;
  await (await forgettable({ stack: stackOf(number), cloud, dataDir, again })).remove();
}
