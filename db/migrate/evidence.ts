import type { Sql } from "postgres";
import { apply } from "./apply.ts";
import { MigrationError } from "./errors.ts";
import { type Facts, readFactsAndAccess } from "./facts.ts";
import { readMigrations } from "./journal.ts";
import type { DatabaseSettings } from "./settings.ts";

/** What each migration of a folder does to an empty database, found out by running them in one. */
export type Replay = {
  /** What the last migration left, without what was there before the first. */
  final: Facts;
  /** Per tag: what it changed and no later one changed again; null for what it took away. */
  changes: Map<string, Record<string, string | null>>;
  /** Per tag of which nothing lasts: the migrations that changed again what it had changed. */
  followers: Map<string, ReadonlySet<string>>;
};

/** One fact in which a database differs from what the migrations make. */
export type Difference = { name: string; expected: string | null; live: string | null };

/** Whether a live schema shows that a migration was applied. */
export type Evidence = {
  tag: string;
  verdict: "applied" | "not applied" | "partly applied" | "unprovable";
  /** How many of its lasting changes the live schema shows, of how many. */
  shown: number;
  of: number;
  differences: Difference[];
  /** It decides who may do what: a part of it is no evidence for the rest. */
  security: boolean;
};

/**
 * Applies a folder's migrations one by one to `shadow`, an empty database of the same kind that is used for nothing else, and
 * notes what each changes. Throws a MigrationError where `shadow` holds migrations already.
 */
export async function replay(shadow: Sql, options: { folder: string; settings?: DatabaseSettings }): Promise<Replay> {
  const before = await readFactsAndAccess(shadow);
  if ("schema drizzle" in before || Object.keys(before).some((name) => name.startsWith("relation drizzle."))) {
    throw new MigrationError("unsupported", "The shadow database holds migrations already. Give an empty one.");
  }
  const changes: Replay["changes"] = new Map();
  let current = before;
  for (const { tag } of await readMigrations(options.folder)) {
    const { applied } = await apply(shadow, { ...options, through: tag });
    if (applied.length === 0)
      throw new MigrationError("unsupported", `The shadow database already holds ${tag}. Give an empty one.`);
    const next = await readFactsAndAccess(shadow);
    changes.set(tag, changed(current, next));
    current = next;
  }
  const followers = keepLasting(changes, current);
  const final = Object.fromEntries(Object.entries(current).filter(([name, definition]) => before[name] !== definition));
  return { final, changes, followers };
}

function changed(before: Facts, after: Facts): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const [name, definition] of Object.entries(after)) if (before[name] !== definition) found[name] = definition;
  for (const name of Object.keys(before)) if (!(name in after)) found[name] = null;
  return found;
}

/** Leaves of each migration's changes those that last, and says whose changes followed on those of which none does. */
function keepLasting(changes: Replay["changes"], final: Facts): Replay["followers"] {
  const settled = new Set<string>();
  const next = new Map<string, string>();
  const followers = new Map<string, ReadonlySet<string>>();
  for (const [tag, change] of [...changes].reverse()) {
    const names = Object.keys(change);
    const followed = new Set(names.flatMap((name) => next.get(name) ?? []));
    for (const name of names) {
      next.set(name, tag);
      if (settled.has(name) || (final[name] ?? null) !== change[name]) delete change[name];
      else settled.add(name);
    }
    if (names.length > 0 && Object.keys(change).length === 0) followers.set(tag, followed);
  }
  return followers;
}

/** Holds what one migration changed against a live schema. */
export function judge(tag: string, replayed: Replay, live: Facts): Evidence {
  const change = Object.entries(replayed.changes.get(tag) ?? {});
  const differences = change.flatMap(([name, expected]) => difference(name, expected, live));
  const shown = change.length - differences.length;
  const untouched =
    shown === 0 && differences.every(({ expected, live: found }) => (expected === null) !== (found === null));
  const some = untouched ? "not applied" : "partly applied";
  const verdict = change.length === 0 ? "unprovable" : shown === change.length ? "applied" : some;
  return { tag, verdict, shown, of: change.length, differences, security: change.some(isSecurity) };
}

function isSecurity([name, definition]: [string, string | null]): boolean {
  // What Postgres gives every role on a new function was not decided by the file.
  if (/^grants on function .* to PUBLIC$/.test(name) && definition === "EXECUTE") return false;
  return /^(policy|grants on) /.test(name) || (definition ?? "").includes("row-security");
}

/** Everything in which a live schema lacks or alters what the migrations make; what it has besides is its own affair. */
export function compareSchema(replayed: Replay, live: Facts): Difference[] {
  return Object.entries(replayed.final).flatMap(([name, expected]) => difference(name, expected, live));
}

function difference(name: string, expected: string | null, live: Facts): Difference[] {
  const found = live[name] ?? null;
  return found === expected ? [] : [{ name, expected, live: found }];
}
