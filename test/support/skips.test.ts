import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, run } from "./run.ts";
import { lineOf, SKIPS } from "./skips.ts";

const folder = mkdtempSync(join(root, "test/support/skips-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a skip that is not listed fails the run, and is printed", async () => {
  writeFileSync(
    join(folder, "one.test.ts"),
    'import { test } from "vitest";\ntest.skip("is not run", () => {});\ntest("is run", () => {});\n',
  );
  const ended = await run(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", folder], {}, root);
  expect(ended.output).toMatch(/skipped: test\/support\/skips-\w+\/one\.test\.ts > is not run \(FAILS the run/);
  expect(ended.code).toBe(1);
});

test("a listed one names what is missing", () => {
  expect(lineOf("local/pooler/pooler.test.ts", "the pooler > with PgBouncer it serves")).toEqual({
    text: "skipped: local/pooler/pooler.test.ts > the pooler > with PgBouncer it serves (missing: the program pgbouncer)",
    listed: true,
  });
  expect(lineOf("local/pooler/pooler.test.ts", "another").listed).toBe(false);
});

test("the list names tests there are", () => {
  for (const { file, name = "" } of SKIPS) expect(readFileSync(join(root, file), "utf8"), file).toContain(name);
});
