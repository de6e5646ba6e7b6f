import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";
import { circles, importsOf, isInside, isProduct, rooms, sources, textOf } from "./sources.ts";

const table = rooms();
const roomOf = (file: string) => table.find(({ name }) => isInside(file, name));

test("imports go the way ARCHITECTURE.md says", () => {
  expect(table.length).toBeGreaterThan(20);
  const checked = sources.filter((file) => isProduct(file) || file.startsWith("bench/"));
  const wrong = checked
    .filter((file) => !file.includes(".test."))
    .flatMap((file) => {
      const room = roomOf(file);
      if (room === undefined) return [`${file} lies in no room of ARCHITECTURE.md`];
      const allowed = [room.name, ...room.mayImport];
      return importsOf(file)
        .filter((target) => !allowed.some((name) => isInside(target, name)))
        .map((target) => `${file} imports ${target}`);
    });
  expect(wrong).toEqual([]);
});

test("no two rooms may import each other", () => {
  const mutual = table.flatMap(({ name, mayImport }) =>
    mayImport.filter((other) => table.some((room) => room.name === other && room.mayImport.includes(name))),
  );
  expect(mutual).toEqual([]);
});

test("every room of the table is there, and this test reads its files", () => {
  const empty = table.filter(({ name }) => !sources.some((file) => isInside(file, name)));
  expect(empty.map(({ name }) => name)).toEqual([]);
  expect(sources.some((file) => importsOf(file).length > 0)).toBe(true);
});

test("a command imports no other command, and no operation imports one", () => {
  const wrong = sources
    .filter((file) => /^(commands|operations)\//.test(file) && !file.includes(".test."))
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith("commands/"))
        .filter((target) => !file.startsWith("commands/") || !target.startsWith("commands/frame/"))
        .map((target) => `${file} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test("only what ARCHITECTURE.md names imports the local cloud", () => {
  const importers = sources.filter((file) => importsOf(file).some((target) => isInside(target, "local")));
  const allowed = /^(local|commands|operations\/session|operations\/shadow|bench|test)\/|\.test\.ts$/;
  expect(importers.filter((file) => !allowed.test(file))).toEqual([]);
});

test("no files import each other in a circle, types included", () => {
  expect(circles()).toEqual([]);
});

test("the fifteen changes of ARCHITECTURE.md open files and folders there are", () => {
  const [, table = ""] = textOf("ARCHITECTURE.md").split("## I want to change");
  const rows = [...table.matchAll(/^\| (?!what \||---)[^|]* \| ([^|]*) \|$/gm)].map(([, open = ""]) => open);
  expect(rows).toHaveLength(15);
  const paths = rows.flatMap((open) => [...open.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path = ""]) => path));
  expect(paths.length).toBeGreaterThan(15);
  const gone = paths.filter((path) => !path.includes("NAME") && !existsSync(join(root, path)));
  expect(gone).toEqual([]);
});
