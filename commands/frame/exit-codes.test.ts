import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../test/support/run.ts";
import { type Ending, exitCodes, exitLine, exitMeanings } from "./exit-codes.ts";

test("docs/reference/commands.md has the table of exit codes", () => {
  const [, table = ""] =
    /\| exit code \| meaning \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(
      readFileSync(join(root, "docs/reference/commands.md"), "utf8"),
    ) ?? [];
  const rows = (Object.keys(exitCodes) as Ending[]).map((name) => `| ${exitCodes[name]} | ${exitMeanings[name]} |\n`);
  expect(table).toBe(rows.join(""));
  expect(new Set(Object.values(exitCodes)).size).toBe(rows.length);
});

test("a command's own words stand in the order of the codes", () => {
  expect(exitLine()).toBe("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.");
  expect(exitLine({ notAsDeclared: "drift", done: "clean" })).toBe(
    "Exit codes: 0 clean, 1 failed, 2 wrong usage, 7 drift, 130 interrupted.",
  );
});
