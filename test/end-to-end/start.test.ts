import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resetLocalCloud } from "../../local/cloud.ts";
import { openSession } from "../../operations/session/session.ts";
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
      return []; // ended during the look
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

/** The commands of README's section "Then": task and arguments. */
function readmeCommands(): { task: string; args: string[] }[] {
  const section = /## Then\n+```sh\n(?<block>[^`]+)```/.exec(readFileSync(join(root, "README.md"), "utf8"));
  return [...(section?.groups?.block ?? "").matchAll(/^npm run (\S+) --([^#\n]*)/gm)].map(
    ([, task = "", rest = ""]) => ({
      task,
      args: rest.trim().split(/\s+/),
    }),
  );
}

test("doctor finds the environment well, and names the login and the way in", { timeout: 2 * MINUTES }, async () => {
  const { code, stdout, output } = await runTask("doctor", ["preview", "--json"], { dataDir });
  const { findings }: { findings: { check: string; level: string; found: string }[] } = JSON.parse(stdout);
  expect(findings.filter(({ level }) => level === "error" || level === "warning")).toEqual([]);
  expect(code, output).toBe(0);
  const found = Object.fromEntries(findings.map(({ check, found }) => [check, found]));
  expect(found).toMatchObject({ login: "credentials: password, the stored one of postgres", "way in": "direct" });
});

test("env names what does not answer, and Preview's file becomes Production's only after a yes", {
  timeout: 2 * MINUTES,
}, async () => {
  const file = join(dataDir, "env-of-a-stack");
  const env = (...args: string[]) => runTask("env", [...args, "-o", file], { dataDir });
  const first = await env("preview", "--json");
  expect(first.code, first.output).toBe(0);
  // The local cloud serves no API of a project.
  expect(JSON.parse(first.stdout).unreachable).toMatchObject([{ name: "SUPABASE_URL" }]);
  expect(first.stderr).toContain("SUPABASE_URL does not answer from this machine: ");
  expect((await env("preview")).code).toBe(0);
  const before = readFileSync(file, "utf8");
  const asked = await env("prod");
  expect(asked.code).toBe(3);
  expect(asked.output).toContain("which was written for stack preview (local), for stack prod (local)");
  expect(readFileSync(file, "utf8")).toBe(before);
  expect((await env("prod", "--yes")).code).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("Stack: prod (local).");
});

test("what the README says to try next works, down to nothing left", { timeout: 10 * MINUTES }, async () => {
  const refused = await runTask("destroy", ["prod", "--yes"], { dataDir });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("--unprotect prod");

  const commands = readmeCommands();
  const tasks = ["up", "preview", "drift", "env", "destroy", "destroy", "local", "local"];
  expect(commands.map(({ task }) => task)).toEqual(tasks);
  for (const { task, args } of commands) {
    // The user's own .env is left alone.
    const extra = task === "env" ? ["-o", join(dataDir, ".env")] : [];
    const { code, output } = await runTask(task, [...args, ...extra], { dataDir });
    expect(code, `npm run ${task} -- ${args.join(" ")}\n${output}`).toBe(0);
    if (task === "local" && args[0] === "status") expect(output).toContain("No projects");
  }
  expect(statSync(join(dataDir, ".env")).mode & 0o777).toBe(0o600);
  expect(processesOf(dataDir)).toEqual([]);
  const projects = join(dataDir, "cloud/projects");
  expect(existsSync(projects) ? readdirSync(projects) : []).toEqual([]);
});
