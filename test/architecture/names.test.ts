import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";

const root = join(import.meta.dirname, "../..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

test("the general parts know no table of the application", () => {
  expect(catalogTableNames.length).toBe(16);
  const general = tracked.filter(
    (file) =>
      /^(providers|operations\/drift\/core|local|environment|engine|sdks)\//.test(file) ||
      /^db\/migrate/.test(file) ||
      file === "migrations/0000_environment.sql",
  );
  expect(general.length).toBeGreaterThan(20);
  const naming = general.flatMap((file) =>
    catalogTableNames.filter((name) => read(file).includes(name)).map((name) => `${file} names ${name}`),
  );
  expect(naming).toEqual([]);
});

test("no file names the address of a package registry", () => {
  const hosts = [
    ["registry", "npmjs", "org"],
    ["proxy", "golang", "org"],
    ["sum", "golang", "org"],
  ].map((parts) => parts.join("."));
  const naming = tracked.filter((file) => hosts.some((host) => read(file).includes(host)));
  expect(naming).toEqual([]);
});

test("each resource has its life cycle, test and SDK under one name", () => {
  const providers = tracked.filter((file) => /^providers\/(database|supabase)\/[^/]+\.provider\.ts$/.test(file));
  expect(providers.length).toBeGreaterThan(5);
  const missing = providers.flatMap((file) => {
    const camel = file.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const declaration = camel.replace(/^providers/, "sdks").replace(".provider.ts", ".ts");
    const test = file.replace(".provider.ts", ".provider.test.ts");
    return [declaration, test].filter((wanted) => !tracked.includes(wanted));
  });
  expect(missing).toEqual([]);
});
