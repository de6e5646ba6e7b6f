import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Finished, root } from "../support/run.ts";
import { readWorkflow, runJob } from "./workflow.ts";

// The job of check.yml is the whole suite. Its line runs here in a project of two tests, with the real npm and vitest.
const folder = mkdtempSync(join(tmpdir(), "check-workflow-"));
const tools = join(folder, "tools");

beforeAll(() => {
  cpSync(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "scripts"));
  writeFileSync(join(folder, "scripts/setup.mjs"), "");
  // Its being there is all that the script asks for; otherwise it would install one.
  mkdirSync(tools);
  writeFileSync(join(tools, "pgbouncer"), "#!/bin/sh\n");
  chmodSync(join(tools, "pgbouncer"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(project: { readonly check: string; readonly two: number }): Promise<Finished> {
  const scripts = { check: project.check, test: "node node_modules/vitest/vitest.mjs run --root ." };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", scripts }));
  writeFileSync(
    join(folder, "small.test.ts"),
    `import { expect, test } from "vitest";
    test("adds", () => expect(1 + 1).toBe(${project.two}));
    test("holds", () => expect(true).toBe(true));
    test.skip("is skipped", () => {});`,
  );
  const workflow = readWorkflow("check");
  const runner = { PATH: `${tools}:${process.env.PATH}`, NO_COLOR: "1" };
  return runJob({ workflow, job: "check", values: {}, runner, cwd: folder });
}

const lastLine = ({ stdout }: Finished): string | undefined => stdout.trim().split("\n").at(-1);

test("check.yml passes where everything does, and counts", async () => {
  const passed = await check({ check: "exit 0", two: 2 });
  expect(passed.code, passed.output).toBe(0);
  expect(lastLine(passed)).toBe("2 passed, 0 failed, 1 skipped");
});

test("check.yml fails with a test, and names it", async () => {
  const failed = await check({ check: "exit 0", two: 3 });
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("small.test.ts > adds");
  expect(lastLine(failed)).toBe("1 passed, 1 failed, 1 skipped");
});

test("check.yml fails with the format, lint or types, and runs the tests all the same", async () => {
  const unclean = await check({ check: "echo unclean && exit 1", two: 2 });
  expect(unclean.code).toBe(1);
  expect(unclean.output).toContain("unclean");
  expect(lastLine(unclean)).toBe("2 passed, 1 failed, 1 skipped");
});
