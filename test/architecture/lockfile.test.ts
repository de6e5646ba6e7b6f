import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingEntries } from "../../scripts/complete-lockfile.mjs";
import { root } from "../support/run.ts";

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
}
const lock: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

test("npm ci finds every optional dependency in the lockfile; else run scripts/complete-lockfile.mjs", () => {
  expect(missingEntries(lock).map(([path]: [string, unknown]) => path)).toEqual([]);
});

test("a missing one is noticed", () => {
  const [name] = Object.keys(lock.packages["node_modules/esbuild"]?.optionalDependencies ?? {});
  const packages = Object.fromEntries(
    Object.entries(lock.packages).filter(([path]) => !path.endsWith(`node_modules/${name}`)),
  );
  expect(missingEntries({ packages }).map(([path]: [string, unknown]) => path)).toContain(`node_modules/${name}`);
});

test("the lockfile names no registry", () => {
  const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
  expect(resolved.filter((address) => address.startsWith("http"))).toEqual([]);
});
