import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { callCommand } from "../support/command.ts";
import { root } from "../support/run.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const tasks = Object.values(scripts).flatMap((line) => / --run (?!test(?::quick)?$)(\S+)/.exec(line)?.[1] ?? []);

/** What a file imports before it does anything: no types, and nothing that is loaded later by `import()`. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^(import|export) type [^;]+;/gm, "");
  return [...text.matchAll(/^(?:import|export)\s(?:[^;]*?\bfrom\s+)?["']([^"']+)["']/gm)].map(([, name = ""]) => name);
}

/** Packages that a file and all it imports need, by the file that needs them. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return importsOf(file).flatMap((name) => {
    if (name.startsWith(".")) return packagesOf(normalize(join(dirname(file), name)), seen);
    return name.startsWith("node:") ? [] : [`${name} (${file})`];
  });
}

test.each(tasks)("%s answers for --help before it loads program, engine or driver", async (task) => {
  const file = `commands/${task}.ts`;
  expect(packagesOf(file)).toEqual([]);
  expect((await callCommand(task, ["--help"])).stdout).toMatch(/^Usage: /m);
});

test("what loads a package at once is found", () => {
  expect(packagesOf("operations/drift/core/target.ts").join()).toMatch(/pg \(db\/connection\/pg-pool\.ts\)/);
});
