/** A value as JSON holds it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** Settings by name, as they are handed to the runner. Values are shown in plans: never hand it a secret. */
export type DatabaseSettings = Record<string, JsonValue>;

/** What will happen to one setting. `refused`: migrations already ran under the other value. */
export type SettingChange = {
  name: string;
  /** What the database holds; undefined where it holds nothing. */
  from?: JsonValue;
  to: JsonValue;
  change: "set" | "update" | "refused";
};

// Settings that migrations branch on, with the value that having none means. After the first migration they are fixed:
// what was built under one value is not what the other value would have built.
const fixed: Record<string, JsonValue> = { catalog: "local" };

/** The changes that contradict what migrations ran under, with the value they ran under. */
export function contradictions(
  changes: readonly SettingChange[],
  anyApplied: boolean,
): { name: string; from: JsonValue; to: JsonValue }[] {
  return changes.flatMap(({ name, from = fixed[name], to }) =>
    anyApplied && name in fixed && from !== undefined && !equal(from, to) ? [{ name, from, to }] : [],
  );
}

/** Compares handed settings with the stored ones. Only differences are returned. */
export function compareSettings(options: {
  wanted: DatabaseSettings | undefined;
  stored: DatabaseSettings;
  anyApplied: boolean;
  allowed: readonly string[];
}): SettingChange[] {
  const { wanted = {}, stored, anyApplied, allowed } = options;
  return Object.entries(wanted).flatMap(([name, to]): SettingChange[] => {
    const from = stored[name];
    if (from !== undefined && equal(from, to)) return [];
    const ranUnder = from ?? fixed[name];
    const contradicts = name in fixed && anyApplied && ranUnder !== undefined && !equal(ranUnder, to);
    if (contradicts && !allowed.includes(name)) return [{ name, from: ranUnder, to, change: "refused" }];
    return [from === undefined ? { name, to, change: "set" } : { name, from, to, change: "update" }];
  });
}

/** Equality of JSON values; the order of an object's names does not matter, as in jsonb. */
function equal(one: JsonValue, other: JsonValue): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, part: JsonValue) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
