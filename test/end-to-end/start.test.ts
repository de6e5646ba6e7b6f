import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { localCloudStatus, resetLocalCloud } from "../../local/cloud.ts";
import { openSession } from "../../scripts/session.ts";
import { root, runTask } from "../support/run.ts";

const dataDir = mkdtempSync(join(tmpdir(), "start-"));
const MINUTES = 60_000;

afterAll(async () => {
  await resetLocalCloud({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
});

const gitStatus = () => execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });

/** Processes whose command line or environment names the data folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return command.includes(folder) ? [`${pid} ${command}`] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

test("npm start brings both environments up, and says no changes the second time", {
  timeout: 15 * MINUTES,
}, async () => {
  const before = gitStatus();
  const first = await runTask("start", [], { dataDir });
  expect(first.output).toContain("Bring up prod");
  expect(first.code, first.output).toBe(0);
  expect(first.stdout).toMatch(/\d+ nights .* CAD/);
  expect(first.stdout).toContain("16 foreign tables in catalog");
  expect(first.stdout).toContain("16 tables in catalog");
  expect(first.stdout).toContain("postgresql://postgres:***@127.");

  const second = await runTask("start", [], { dataDir });
  expect(second.code, second.output).toBe(0);
  expect(second.stdout).toContain("Both environments are as declared: no changes.");

  const { stack } = await openSession({ stack: "prod", dataDir });
  const outputs = await stack.outputs({ showSecrets: true });
  const password = String(outputs.databasePassword?.value);
  expect(password.length).toBeGreaterThan(16);
  expect(first.output + second.output).not.toContain(password);
  expect(gitStatus()).toBe(before);
});

test("destroying Preview, then Production, leaves nothing behind", { timeout: 10 * MINUTES }, async () => {
  const refused = await runTask("destroy", ["prod", "--yes"], { dataDir });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("--unprotect prod");

  const preview = await runTask("destroy", ["preview", "--yes"], { dataDir });
  expect(preview.code, preview.output).toBe(0);
  const production = await runTask("destroy", ["prod", "--yes", "--unprotect", "prod"], { dataDir });
  expect(production.code, production.output).toBe(0);

  const status = await localCloudStatus({ dataDir });
  expect(status.running && status.projects).toEqual([]);
  const stopped = await runTask("local", ["stop"], { dataDir });
  expect(stopped.code, stopped.output).toBe(0);
  expect(processesOf(dataDir)).toEqual([]);
  expect(readdirSync(join(dataDir, "cloud")).filter((name) => name === "projects")).toEqual([]);
});
