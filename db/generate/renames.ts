type Named = Readonly<Record<string, unknown>>;

/** The parts of one of drizzle-kit's snapshots in which things have names. */
export interface Snapshot {
  readonly tables?: Readonly<Record<string, { readonly columns?: Named; readonly policies?: Named }>>;
  readonly [kind: string]: unknown;
}

const kinds = ["schemas", "tables", "enums", "sequences", "views", "roles", "policies"] as const;

/**
 * What drizzle-kit would ask about: where things of one kind are gone and others are new, a new one may be an old one with
 * another name. One line each; empty where nothing has to be asked.
 */
export function findRenames(previous: Snapshot, current: Snapshot): string[] {
  const whole = kinds.flatMap((kind) => pair(kind, named(previous[kind]), named(current[kind])));
  const within = Object.entries(current.tables ?? {}).flatMap(([table, now]) => {
    const before = previous.tables?.[table];
    if (!before) return [];
    const at = (names: Named = {}): Named =>
      Object.fromEntries(Object.keys(names).map((name) => [`${table}.${name}`, true]));
    return [
      ...pair("columns", at(before.columns), at(now.columns)),
      ...pair("policies", at(before.policies), at(now.policies)),
    ];
  });
  return [...whole, ...within];
}

function named(value: unknown): Named {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function pair(kind: string, before: Named, now: Named): string[] {
  const gone = Object.keys(before).filter((name) => !(name in now));
  const added = Object.keys(now).filter((name) => !(name in before));
  if (gone.length === 0 || added.length === 0) return [];
  return [`${kind}: ${gone.join(", ")} gone, ${added.join(", ")} new: renamed, or dropped and added?`];
}
