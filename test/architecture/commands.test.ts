import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes(".test."))
    .map((file) => `${folder}/${file}`);
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const commands = sources("commands").filter((file) => /^commands\/[^/]+\.ts$/.test(file));
const frame = sources("commands/frame");

test("every command runs in the frame, which alone ends the process and reads the command line", () => {
  const framed = (file: string) => /^(void|await) (runCommand|runStackCommand|databaseCommand)\(/m.test(read(file));
  expect(commands.length).toBeGreaterThan(20);
  expect(commands.filter((file) => !framed(file))).toEqual([]);
  const alone = /\bprocess\.(exit\(|exitCode\b|argv\b)|\bparseArgs\(/;
  const ending = [...commands, ...frame, ...sources("operations"), ...sources("bench")].filter((file) =>
    alone.test(read(file)),
  );
  // The first ones are processes of their own, which a bench starts.
  expect(ending.sort()).toEqual([
    "bench/migrate/apply-once.ts",
    "bench/relay.ts",
    "bench/up/nothing-provider.ts",
    "commands/frame/arguments.ts",
    "commands/frame/command.ts",
    "commands/frame/interrupt.ts",
  ]);
});
