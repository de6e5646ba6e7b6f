import { forgetSettings, openPreview, type PrContext, previewStacks, whenFree, withPreviewLock } from "./context.ts";
import { dropDatabases } from "./database/databases.ts";
import { findShared, withShared } from "./database/shared.ts";

/** What was removed. */
export interface DownReport {
  readonly number: number;
  /** Whether there was a stack. */
  readonly stack: boolean;
  /** Projects and branches no stack knew, by ref. */
  readonly orphans: readonly string[];
  /** Databases that stay for now, closed to new sessions. */
  readonly left: readonly string[];
  readonly seconds: number;
}

/** Removes the preview of a pull request with all that belongs to it, known to a stack or not. Safe to repeat. */
export function downPreview(context: PrContext, number: number): Promise<DownReport> {
  return withPreviewLock(context, number, () => removePreview(context, number));
}

/** The same for a caller that holds the lock. */
export async function removePreview(context: PrContext, number: number): Promise<DownReport> {
  const began = Date.now();
  const stack = (await previewStacks(context)).has(number);
  if (stack) {
    const opened = (await openPreview(context, number)).stack;
    await whenFree(context, () => opened.destroy());
    await opened.remove();
  }
  await forgetSettings(context, number);
  const shared = await findShared(context);
  const left = shared ? await withShared(shared, (sql) => dropDatabases(sql, number)) : [];
  const orphans: string[] = [];
  for (const project of (await context.api.list(shared?.ref)).filter((candidate) => candidate.number === number)) {
    await context.api.remove(project);
    orphans.push(project.ref);
  }
  return { number, stack, orphans, left, seconds: (Date.now() - began) / 1000 };
}
