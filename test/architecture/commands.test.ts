import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes(".test."))
    .map((file) => `${folder}/${file}`);
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()["'](\.[^"']+)["']/g)].map(([, name = ""]) =>
    normalize(join(dirname(file), name)),
  );
const commands = sources("commands").filter((file) => /^commands\/[^/]+\.ts$/.test(file));
const frame = sources("commands/frame");
/** What commands call, and what lies below that. */
const below = ["operations", "engine", "providers", "db", "local", "environment", "bench"].flatMap(sources);

test("a command imports no other command, and nothing below imports commands", () => {
  expect(commands.length).toBeGreaterThan(20);
  const across = [...commands, ...frame].flatMap((file) => importsOf(file).filter((name) => commands.includes(name)));
  expect(across).toEqual([]);
  expect(below.length).toBeGreaterThan(200);
  const up = below.filter((file) => importsOf(file).some((name) => name.startsWith("commands/")));
  expect(up).toEqual([]);
});

test("every command runs in the frame, which alone ends the process and reads the command line", () => {
  const framed = (file: string) => /^(void|await) (runCommand|runStackCommand|databaseCommand)\(/m.test(read(file));
  expect(commands.filter((file) => !framed(file))).toEqual([]);
  const alone = /\bprocess\.(exit\(|exitCode\b|argv\b)|\bparseArgs\(/;
  const ending = [...commands, ...frame, ...sources("operations"), ...sources("bench")].filter((file) =>
    alone.test(read(file)),
  );
  // The first two are processes of their own, which a bench starts.
  expect(ending.sort()).toEqual([
    "bench/relay.ts",
    "bench/up/nothing-provider.ts",
    "commands/frame/arguments.ts",
    "commands/frame/command.ts",
  ]);
});
