import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";

const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

test("every link of the documentation leads somewhere", () => {
  expect(pages.length).toBeGreaterThan(8);
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every npm command the documentation shows exists", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run (?:-s )?([a-z][\w:]*)/g)].map(([, name = ""]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ name }) => !(name in scripts)).map(({ page, name }) => `${page}: npm run ${name}`)).toEqual(
    [],
  );
});

test("every command has its line in docs/commands.md or a page of its own", () => {
  const text = pages.map(read).join("\n");
  const internal = ["start", "test", "prepare"];
  const missing = Object.keys(scripts).filter(
    (name) => !internal.includes(name) && ![`npm run ${name}`, `\`${name}`].some((form) => text.includes(form)),
  );
  expect(missing).toEqual([]);
});
