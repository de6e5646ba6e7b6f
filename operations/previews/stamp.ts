import type { Deployment } from "../../engine/backend.ts";

export const isolations = ["project", "branch", "database"] as const;
/** What a preview is: a Supabase project of its own, or a branch or a database of the shared preview project. */
export type Isolation = (typeof isolations)[number];

const catalogModes = ["foreign", "snapshot", "local"] as const;
/** Where a preview's catalog lives: foreign tables on Production, a copy of those, or tables of its own with sample rows. */
export type CatalogMode = (typeof catalogModes)[number];

/** What is recorded of a preview when it is made, in its stack's state. */
export interface Stamp {
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. After it, `prune` removes the preview whether or not its pull request is open. */
  readonly expiresAt: string;
  readonly isolation: Isolation;
  readonly catalog: CatalogMode;
}

/** Type of the component that carries the stamp. */
export const stampType = "tailfire:index:PullRequest";

/** The stamp in a stack's state; undefined where the first `up` ended before it was written. */
export function readStamp(state: Deployment | undefined): Stamp | undefined {
  const outputs = state?.resources?.find(({ type }) => type === stampType)?.outputs;
  if (!outputs) return undefined;
  const { number, createdAt, expiresAt, isolation, catalog } = outputs;
  if (typeof createdAt !== "string" || typeof expiresAt !== "string") return undefined;
  return {
    number: Number(number),
    createdAt,
    expiresAt,
    isolation: isolations.find((known) => known === isolation) ?? "project",
    catalog: catalogModes.find((known) => known === catalog) ?? "foreign",
  };
}

/** What a preview's configuration has besides the committed one of `preview`. */
export function configOf(stamp: Stamp): Record<string, string> {
  return { catalog: { foreign: "subscribe", snapshot: "snapshot", local: "standalone" }[stamp.catalog] };
}

/**
 * Until when a preview lives, as ISO 8601. A push keeps what was said before, and begins the life of one that is over
 * again, which `prune` has not come by yet.
 * @param given.life milliseconds @param given.renewed whether a life time was asked for
 */
export function expiryOf(given: {
  readonly before: Stamp | undefined;
  readonly renewed: boolean;
  readonly life: number;
  readonly now: Date;
}): string {
  const { before, renewed, life, now } = given;
  if (before && !renewed && new Date(before.expiresAt) > now) return before.expiresAt;
  return new Date(now.getTime() + life).toISOString();
}

/** Parses a duration such as 90m, 12h or 7d into milliseconds. @throws RangeError for anything else. */
export function milliseconds(duration: string): number {
  const [, count = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(duration) ?? [];
  const factor = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (factor === undefined) throw new RangeError(`"${duration}" is not a duration such as 90m, 12h or 7d`);
  return Number(count) * factor;
}
