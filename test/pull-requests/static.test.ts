import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../support/run.ts";
import { readWorkflow } from "./workflow.ts";

const folder = join(root, ".github/workflows");
const names = readdirSync(folder).map((file) => file.replace(/\.yml$/, ""));
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;

const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;

describe.each(names)("%s.yml", (name) => {
  const workflow = readWorkflow(name);
  const text = readFileSync(join(folder, `${name}.yml`), "utf8");

  test("pins every action by commit, with its version next to it", () => {
    for (const line of text.split("\n").filter((candidate) => /^\s*-?\s*uses:/.test(candidate)))
      expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("has no rights but those a job names, and never runs somebody's code with secrets", () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    for (const job of Object.values(workflow.jobs)) {
      expect(job.permissions).toBeDefined();
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
        expect(step.with?.["persist-credentials"]).toBe(false);
    }
  });

  test("puts no expression into a script, and calls only what there is", () => {
    for (const { run } of Object.values(workflow.jobs).flatMap(({ steps }) => steps)) {
      expect(run ?? "").not.toContain("${{");
      for (const [, script = ""] of (run ?? "").matchAll(/npm run ([\w:-]+)/g))
        expect(Object.keys(scripts)).toContain(script);
    }
  });
});

test("up and down of a pull request share one group and are never cut off", () => {
  const { concurrency, jobs } = readWorkflow("preview");
  expect(concurrency.group).toMatch(/^env-pr-\$\{\{ github\.event\.pull_request\.number \}\}$/);
  expect(concurrency["cancel-in-progress"]).toBe(false);
  expect(Object.keys(jobs)).toEqual(["up", "plan", "down"]);
});

test("a job that runs a pull request's code is in no environment that holds Production's secrets", () => {
  for (const name of names) {
    const workflow = readWorkflow(name);
    if (!("pull_request" in workflow.on)) continue;
    for (const [job, { environment, if: condition = "" }] of Object.entries(workflow.jobs)) {
      const used = typeof environment === "string" ? environment : environment?.name;
      const onlyAfterMerge = condition.includes("== 'push'") || ["apply", "resync"].includes(job);
      if (!onlyAfterMerge) expect([undefined, "preview"], `${name}.${job}`).toContain(used);
    }
  }
});

test("check.yml runs format, lint, types and every test", () => {
  expect(readWorkflow("check").jobs.check?.steps.flatMap(({ run }) => run ?? [])).toEqual(["bash .ci/run"]);
  const script = readFileSync(join(root, ".ci/run"), "utf8");
  expect(script).toMatch(/^node scripts\/setup\.mjs .*npm run check /m);
  expect(script).toMatch(
    /^npm test -- --reporter=default --reporter=json --outputFile\.json="\$report" <\/dev\/null$/m,
  );
  expect(scripts.check).toMatch(/^biome check \. && tsc --noEmit && knip && /);
  expect(scripts.test).toBe("node scripts/setup.mjs --run test");
});

test("the set-up lists the secrets of each environment that its jobs read, and no others", () => {
  const used = new Map<string, Set<string>>();
  for (const { environment, steps } of names.flatMap((name) => Object.values(readWorkflow(name).jobs))) {
    const text = (typeof environment === "string" ? environment : environment?.name) ?? "";
    const chosen = text.startsWith("${{")
      ? [...text.matchAll(/(?:&&|\|\|) '([\w-]+)'/g)].map(([, name]) => name)
      : [text];
    const secrets = [...JSON.stringify(steps).matchAll(/secrets\.(\w+)/g)].map(([, name = ""]) => name);
    for (const name of chosen) used.set(name ?? "", new Set([...(used.get(name ?? "") ?? []), ...secrets]));
  }
  expect([...(used.get("") ?? [])]).toEqual([]);
  used.delete("");
  const rows = readFileSync(join(root, "docs/getting-started/ci.md"), "utf8").matchAll(
    /^ +\| `([\w-]+)` \|.*\|(.*)\|$/gm,
  );
  const listed = [...rows].map(([, name, cell = ""]) => [name, [...cell.matchAll(/`(\w+)`/g)].map(([, text]) => text)]);
  const sorted = (found: Iterable<string | undefined>) => [...found].sort();
  expect(Object.fromEntries(listed.map(([name, found]) => [name, sorted(found ?? [])]))).toEqual(
    Object.fromEntries([...used].map(([name, found]) => [name, sorted(found)])),
  );
});

test("pnpm and yarn run the scripts as well: none needs npm, and the -- that those hand over is none of theirs", () => {
  for (const [name, command] of Object.entries(scripts)) expect(command, name).not.toMatch(/\b(npm|npx|yarn|pnpm)\b/);
  const setup = join(root, "scripts/setup.mjs");
  const args = [setup, "--run", "db-lint", "--", "--help"];
  expect(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })).toMatch(/^Checks migrations/);
});

// Go: github.com/rhysd/actionlint/cmd/actionlint; Python: zizmor.
test.skipIf(!has("actionlint"))("actionlint finds nothing (skipped where actionlint is not on PATH)", () => {
  execFileSync("actionlint", [], { cwd: root, stdio: "pipe" });
});

test.skipIf(!has("zizmor"))("zizmor finds nothing (skipped where zizmor is not on PATH)", () => {
  execFileSync("zizmor", ["--offline", folder], { cwd: root, stdio: "pipe" });
});
