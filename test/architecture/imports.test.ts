import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && !file.endsWith(".config.ts"));

/** What each room may import from the others; tests may import everything. */
const ALLOWED: Record<string, readonly string[]> = {
  "index.ts": ["environment", "db/schema"],
  environment: ["sdks"],
  sdks: [],
  "providers/host": [],
  "providers/database": ["providers/host", "db/migrate", "db/migrate.ts"],
  "providers/supabase": ["providers/host"],
  db: [],
  drift: ["providers", "db/migrate", "db/migrate.ts"],
  engine: [],
  local: [],
  scripts: [
    "engine",
    "local",
    "db",
    "drift",
    "providers/database/foreign",
    "providers/database/reader/excess-privileges.ts",
    "providers/database/connection/restrictions.ts",
    "bench",
    "index.ts",
    "sdks/supabase",
    "test/campaign",
  ],
  bench: ["environment", "providers/host", "engine", "local", "db", "drift", "scripts", "index.ts", "test"],
};
const PACKAGES: Record<string, string> = { "@pulumi/database": "sdks/database", "@pulumi/supabase": "sdks/supabase" };

function importsOf(file: string, options: { types: boolean } = { types: true }): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const text = options.types ? source : source.replaceAll(/^(import|export) type [^;]+;/gm, "");
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()["']([^"']+)["']/g);
  return [...found].flatMap(([, target = ""]) => {
    if (target.startsWith(".")) return [normalize(join(dirname(file), target))];
    return PACKAGES[target] ?? [];
  });
}

const roomOf = (file: string): string | undefined =>
  Object.keys(ALLOWED).find((room) => file === room || file.startsWith(`${room}/`));

test("imports go one way", () => {
  const wrong = sources
    .filter((file) => !file.includes(".test.") && !file.startsWith("test/"))
    .flatMap((file) => {
      const room = roomOf(file);
      if (room === undefined) return [`${file} lies in no known room`];
      const inside = (target: string, folder: string) => target === folder || target.startsWith(`${folder}/`);
      const allowed = [room, ...(ALLOWED[room] ?? [])];
      return importsOf(file)
        .filter((target) => !allowed.some((folder) => inside(target, folder)))
        .map((target) => `${file} imports ${target}`);
    });
  expect(wrong).toEqual([]);
});

test("every file of the product lies in a room and is read by this test", () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.some((file) => importsOf(file).length > 0)).toBe(true);
});

test("only scripts, bench and tests import the local cloud", () => {
  const importers = sources.filter((file) => importsOf(file).some((target) => target.startsWith("local/")));
  const outside = importers.filter((file) => !/^(local|scripts|bench|test)\/|\.test\.ts$/.test(file));
  expect(outside).toEqual([]);
});

test("no import cycle, types aside", () => {
  const edges = (file: string) => importsOf(file, { types: false }).filter((target) => sources.includes(target));
  const graph = new Map(sources.map((file) => [file, edges(file)]));
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" -> ")];
    if (done.has(file)) return [];
    const cycles = (graph.get(file) ?? []).flatMap((target) => visit(target, [...path, file]));
    done.add(file);
    return cycles;
  };
  expect(sources.flatMap((file) => visit(file, []))).toEqual([]);
});
