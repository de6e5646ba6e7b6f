import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "../support/run.ts";

/** Every file of the project that matches, tracked or new, relative to the root. */
export function filesOf(...patterns: string[]): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\n").filter((file) => file && existsSync(join(root, file)));
}

/** The text of one of them. */
export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** Code of the project; configuration files of tools left out. */
export const sources = filesOf("*.ts", "*.mjs").filter((file) => !file.endsWith(".config.ts"));

/** Whether a file is written as part of the product, rather than a test or a measurement of it, or generated. */
export const isProduct = (file: string): boolean => !/^(test|bench|sdks)\/|\.test\.ts$/.test(file);

const packages: Record<string, string> = { "@pulumi/database": "sdks/database", "@pulumi/supabase": "sdks/supabase" };

/** What a file imports of the project, types included; packages that are our own by their folder. */
export function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()["']([^"']+)["']/g);
  return [...found].flatMap(([, target = ""]) => {
    if (target.startsWith(".")) return [normalize(join(dirname(file), target))];
    return packages[target] ?? [];
  });
}

/** Groups of files that import each other in a circle, types included; nothing that is loaded later by `import()`. */
export function circles(): string[][] {
  const known = new Set(sources);
  const graph = new Map(
    sources.map((file) => {
      const found = textOf(file).matchAll(/(?:\bfrom\s+|^import\s+)["'](\.[^"']+)["']/gm);
      const targets = [...found].map(([, target = ""]) => normalize(join(dirname(file), target)));
      return [file, targets.filter((target) => known.has(target))] as const;
    }),
  );
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const waiting = [...(graph.get(start) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(graph.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map(sources.map((file) => [file, reach(file)]));
  const inCircle = sources.filter((file) => reached.get(file)?.has(file));
  const groups = new Map<string, string[]>();
  for (const file of inCircle) {
    const own = inCircle.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)).sort();
    groups.set(own.join(), own);
  }
  return [...groups.values()];
}

/** A row of the table of rooms in ARCHITECTURE.md. */
export interface Room {
  readonly name: string;
  readonly mayImport: readonly string[];
}

/** The rooms, the most deeply nested first, so that the first that fits a file is its own. */
export function rooms(): Room[] {
  const table = textOf("ARCHITECTURE.md").split("## I want to change")[0] ?? "";
  const rows = [...table.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]*) \|$/gm)];
  return rows
    .map(([, name = "", allowed = ""]) => ({
      name,
      mayImport: [...allowed.matchAll(/`([^`]+)`/g)].map(([, room = ""]) => room),
    }))
    .sort((one, other) => other.name.length - one.name.length);
}

/** Whether a path is a folder or file of the given name, or lies in it. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path === `${folder}.ts` || path.startsWith(`${folder}/`);
