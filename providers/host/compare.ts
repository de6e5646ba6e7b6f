import type { Change, Properties } from "./kind.ts";

/** Compares the named properties of two bags; objects and lists are compared in depth, absent equals undefined. */
export function compare(
  olds: object,
  news: object,
  properties: { update?: readonly string[]; replace?: readonly string[] },
): Change[] {
  const before = olds as Properties;
  const after = news as Properties;
  const changes = (names: readonly string[], replace: boolean): Change[] =>
    names.flatMap((name) => differences(name, before[name], after[name]).map((change) => ({ ...change, replace })));
  return [...changes(properties.replace ?? [], true), ...changes(properties.update ?? [], false)];
}

function differences(path: string, before: unknown, after: unknown): Change[] {
  if (before === undefined || before === null) {
    return after === undefined || after === null ? [] : [{ property: path, kind: "add" }];
  }
  if (after === undefined || after === null) return [{ property: path, kind: "delete" }];
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(path, before, after);
  if (typeof before === "object" && typeof after === "object") {
    const old = before as Properties;
    const fresh = after as Properties;
    const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
    return names.flatMap((name) => differences(`${path}.${name}`, old[name], fresh[name]));
  }
  return before === after ? [] : [{ property: path, kind: "update" }];
}

function listDifferences(path: string, before: unknown[], after: unknown[]): Change[] {
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, i) => differences(`${path}[${i}]`, before[i], after[i])).flat();
}
