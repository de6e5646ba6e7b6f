import type { PreviewProject } from "./cloud.ts";
import { type PrContext, previewStacks } from "./context.ts";
import { type FoundDatabase, listDatabases } from "./database/databases.ts";
import { findShared, withShared } from "./database/shared.ts";
import { readStamp, type Stamp } from "./stamp.ts";

/** All there is of one pull request's preview, wherever it was found. */
export interface PreviewEntry {
  readonly number: number;
  readonly stack: boolean;
  /** Undefined for an orphan, and where the first `up` was killed before it was written. */
  readonly stamp: Stamp | undefined;
  readonly projects: readonly PreviewProject[];
  readonly databases: readonly FoundDatabase[];
  /** `ready`, `incomplete` (a stack without what it should have), `orphan` (no stack knows it) or `expired`. */
  readonly state: "ready" | "incomplete" | "orphan" | "expired";
}

/** Looks for previews in the state backend, in the cloud and in the shared project. Changes nothing. */
export async function takeInventory(context: PrContext, now = new Date()): Promise<PreviewEntry[]> {
  const stacks = await previewStacks(context);
  const shared = await findShared(context);
  const projects = await context.api.list(shared?.ref);
  const databases = shared ? await withShared(shared, listDatabases) : [];
  const numbers = new Set([
    ...stacks.keys(),
    ...projects.map(({ number }) => number),
    ...databases.map((d) => d.number),
  ]);
  const entries: PreviewEntry[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const stack = stacks.get(number);
    const parts = {
      number,
      stack: stack !== undefined,
      stamp: readStamp(await stack?.readState()),
      projects: projects.filter((project) => project.number === number),
      databases: databases.filter((database) => database.number === number),
    };
    entries.push({ ...parts, state: stateOf(parts, now) });
  }
  return entries;
}

function stateOf(parts: Omit<PreviewEntry, "state">, now: Date): PreviewEntry["state"] {
  const { stack, stamp, projects, databases } = parts;
  if (!stack) return "orphan";
  if (stamp && new Date(stamp.expiresAt) <= now) return "expired";
  const wanted = projects.filter(({ branchId }) => (branchId !== undefined) === (stamp?.isolation === "branch"));
  const there = stamp?.isolation === "database" ? databases.some(({ open }) => open) : wanted.length > 0;
  return stamp && there ? "ready" : "incomplete";
}

/** One line for people. */
export function entryLine(entry: PreviewEntry): string {
  const { number, stamp, projects, databases, state } = entry;
  const where = [
    ...projects.map(({ ref, branchId }) => `${branchId ? "branch" : "project"} ${ref}`),
    ...databases.map(({ name }) => `database ${name}`),
  ];
  const until = stamp ? `until ${stamp.expiresAt.slice(0, 16)}Z, catalog ${stamp.catalog}` : "no record";
  return `#${number}  ${state.padEnd(10)} ${where.join(", ") || "nothing in the cloud"}  (${until})`;
}
