import type { Deployment } from "../../engine/backend.ts";

/** Whose a part of a preview is: only `own` ones are ever changed or removed. */
export type Owner = "own" | "unmarked" | "other";

/** What the state of a preview's stack recorded as its own. */
export interface Recorded {
  /** Ids of projects and branches. */
  readonly ids: ReadonlySet<string>;
  /** Databases, as REF/NAME. */
  readonly databases: ReadonlySet<string>;
  /** Name of its branch of the shared project. */
  readonly branchName: string | undefined;
}

/** Reads from a state which project, branch and database are the preview's. */
export function recordedIn(state: Deployment | undefined): Recorded {
  const resources = state?.resources ?? [];
  const homes = resources.filter(({ type }) => type.endsWith(":Project") || type.endsWith(":Branch"));
  const databases = resources
    .filter(({ type }) => type === "pulumi:providers:database")
    .map(({ outputs }) => `${String(outputs?.projectRef)}/${String(outputs?.database)}`);
  const branchName = homes.find(({ type }) => type.endsWith(":Branch"))?.outputs?.name;
  return {
    ids: new Set(homes.flatMap(({ id }) => id ?? [])),
    databases: new Set(databases),
    branchName: typeof branchName === "string" ? branchName : undefined,
  };
}

/** Whose something is: the state that recorded it has it, else the mark in its name says so. */
export function ownerOf(
  part: { readonly mark?: string | undefined },
  about: { mark: string; recorded: boolean },
): Owner {
  if (about.recorded || part.mark === about.mark) return "own";
  return part.mark === undefined ? "unmarked" : "other";
}
