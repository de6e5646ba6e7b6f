import type { Change, Properties } from "./kind.ts";

/** A property path in its parts, such as `["secrets", 0, "value"]` of `secrets[0].value`; `*` stands for all. */
type Path = readonly (string | number)[];

/** Reads a path as the engine writes it: `a.b`, `a[0]`, `a["b.c"]`, `a[*]`. */
function parsePath(path: string): Path {
  const parts = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[\*\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted?.replaceAll(/\\(.)/g, "$1") ?? name ?? "*";
  });
}

/** The desired inputs with the live values in the places that `ignoreChanges` names, so that none of them is set back. */
export function withLiveValues(olds: Properties, news: Properties, ignored: readonly string[]): Properties {
  return ignored.reduce((inputs, path) => put(inputs, olds, parsePath(path)) as Properties, news);
}

/** Whether a property is left to others, as a whole. */
export function isIgnored(property: string, { ignored = [] }: { ignored?: readonly string[] | undefined }): boolean {
  return withoutIgnored([{ property, kind: "update" }], ignored).length === 0;
}

/** The changes outside the places that `ignoreChanges` names. */
export function withoutIgnored(changes: readonly Change[], ignored: readonly string[]): Change[] {
  const paths = ignored.map(parsePath);
  return changes.filter(({ property }) => {
    const at = parsePath(property);
    return !paths.some((path) => path.every((part, i) => part === "*" || String(part) === String(at[i])));
  });
}

function put(target: unknown, source: unknown, [part, ...rest]: Path): unknown {
  if (part === undefined) return source;
  if (typeof target !== "object" || target === null) return target;
  const from: Properties = typeof source === "object" && source !== null ? (source as Properties) : {};
  const into = (Array.isArray(target) ? [...target] : { ...target }) as Properties;
  for (const key of part === "*" ? Object.keys(into) : [String(part)]) {
    // What only one side has is no value to keep: the engine leaves such elements out, too.
    if (rest.length === 0 && from[key] === undefined) continue;
    into[key] = put(into[key], from[key], rest);
  }
  return into;
}
