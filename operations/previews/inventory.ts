import type { FoundStack } from "../../engine/list.ts";
import type { PreviewProject } from "./cloud.ts";
import { type PrContext, previewStacks } from "./context.ts";
import { type FoundDatabase, listDatabases } from "./database/databases.ts";
import { lookAtShared } from "./database/shared.ts";
import { type Owner, ownerOf, recordedIn } from "./ownership.ts";
import { goingOn, type Problems } from "./problems.ts";
import { readStamp, type Stamp } from "./stamp.ts";

/** Whether the state of the preview's stack recorded something as its own. */
interface Known {
  readonly recorded: boolean;
}

/** All there is of one pull request's preview that is ours, wherever it was found. */
export interface PreviewEntry {
  readonly number: number;
  readonly stack: boolean;
  /** Undefined for an orphan, and where the first `up` was killed before it was written. */
  readonly stamp: Stamp | undefined;
  readonly projects: readonly (PreviewProject & Known)[];
  readonly databases: readonly (FoundDatabase & Known)[];
  /** `ready`, `incomplete` (a stack without what it should have), `orphan` (no stack knows it) or `expired`. */
  readonly state: "ready" | "incomplete" | "orphan" | "expired";
}

/** What has the name of a preview and is not ours: it is listed, never touched. */
export interface OtherPart {
  readonly number: number;
  readonly kind: "project" | "branch" | "database";
  /** Ref of the project or branch, or name of the database. */
  readonly id: string;
  readonly name: string;
  /** Undefined where it was made without one: it may be ours all the same, and `adopt` says so. */
  readonly mark: string | undefined;
}

/** What there is. */
export interface Inventory {
  readonly previews: readonly PreviewEntry[];
  readonly others: readonly OtherPart[];
  /** What could not be looked at: the rest is here all the same. */
  readonly problems: readonly string[];
}

type Found = ({ readonly project: PreviewProject } | { readonly database: FoundDatabase }) &
  Known & {
    readonly number: number;
    readonly owner: Owner;
  };

/** Looks for previews in the state backend, in the cloud and in the shared project. Changes nothing. */
export async function takeInventory(context: PrContext, now = new Date()): Promise<Inventory> {
  const problems: Problems = [];
  const stacks = await previewStacks(context);
  const read = (number: number, stack: FoundStack) =>
    goingOn(problems, `Pull request ${number}`, () => stack.readState());
  const states = new Map(
    await Promise.all([...stacks].map(async ([number, stack]) => [number, await read(number, stack)] as const)),
  );
  const { ref, answer: databases = [] } = await lookAtShared(context, problems, listDatabases);
  const projects = await context.api.list(ref);
  const recordedOf = new Map([...states].map(([number, state]) => [number, recordedIn(state)]));
  const about = (part: PreviewProject | FoundDatabase, recorded: boolean) => ({
    number: part.number,
    recorded,
    owner: ownerOf(part, { mark: context.mark, recorded }),
  });
  const found: Found[] = [
    ...projects.map((project) => {
      const recorded = recordedOf.get(project.number)?.ids.has(project.branchId ?? project.ref) ?? false;
      return { project, ...about(project, recorded) };
    }),
    ...databases.map((database) => {
      const name = `${ref}/${database.name}`;
      return { database, ...about(database, recordedOf.get(database.number)?.databases.has(name) ?? false) };
    }),
  ];
  const own = found.filter(({ owner }) => owner === "own");
  const numbers = new Set([...stacks.keys(), ...own.map(({ number }) => number)]);
  const previews = [...numbers]
    .sort((one, other) => one - other)
    .map((number) => {
      const parts = {
        number,
        stack: stacks.has(number),
        stamp: readStamp(states.get(number)),
        ...partsOf(own.filter((part) => part.number === number)),
      };
      return { ...parts, state: stateOf(parts, now) };
    });
  return { previews, others: found.filter(({ owner }) => owner !== "own").map(otherPart), problems };
}

function partsOf(own: readonly Found[]): Pick<PreviewEntry, "projects" | "databases"> {
  return {
    projects: own.flatMap((part) => ("project" in part ? [{ ...part.project, recorded: part.recorded }] : [])),
    databases: own.flatMap((part) => ("database" in part ? [{ ...part.database, recorded: part.recorded }] : [])),
  };
}

function otherPart(part: Found): OtherPart {
  if ("database" in part) {
    const { number, name, mark } = part.database;
    return { number, kind: "database", id: name, name, mark };
  }
  const { number, name, mark, ref, branchId } = part.project;
  return { number, kind: branchId === undefined ? "project" : "branch", id: ref, name, mark };
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
    ...projects.map((one) => `${one.branchId ? "branch" : "project"} ${one.ref}${unmarkedText(one)}`),
    ...databases.map((one) => `database ${one.name}${unmarkedText(one)}`),
  ];
  const until = stamp ? `until ${stamp.expiresAt.slice(0, 16)}Z, catalog ${stamp.catalog}` : "no record";
  return `#${number}  ${state.padEnd(10)} ${where.join(", ") || "nothing in the cloud"}  (${until})`;
}

const unmarkedText = ({ mark, recorded }: { mark?: string } & Known): string =>
  mark === undefined ? ` (unmarked, recorded by this state: ${recorded ? "yes" : "no"})` : "";

/** One line for people. */
export function otherLine({ number, kind, id, name, mark }: OtherPart): string {
  const whose =
    mark === undefined
      ? `unmarked, recorded by this state: no; left alone. If it is yours: npm run pr -- adopt ${number} --ref ${id}`
      : `of another repository (mark ${mark}); left alone`;
  return `#${number}  ${"not ours".padEnd(10)} ${kind} ${id === name ? id : `${id} "${name}"`}  (${whose})`;
}
