import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "commands-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Runs a task as npm does, from a folder that is not the checkout. */
function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "../scripts/setup.mjs"), "--run", ...args], {
      cwd: dataDir,
      env: { ...process.env, TAILFIRE_DATA_DIR: dataDir },
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => (text.stderr += chunk));
    child.on("close", (code) => resolve({ code, ...text }));
  });
}

test("hand-off:key writes a secret key for its owner only, prints its public one, and overwrites none", async () => {
  const path = join(dataDir, "previews.key");
  const made = await run("hand-off-key", path);
  const identity = await readFile(path, "utf8");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(identity).toMatch(/^AGE-SECRET-KEY-1/);
  expect(made).toMatchObject({ code: 0, stdout: `${await identityToRecipient(identity.trim())}\n` });
  expect(made.stderr).not.toContain(identity.trim());
  const again = await run("hand-off-key", path);
  expect(again).toMatchObject({ code: 3, stdout: "" });
  expect(await readFile(path, "utf8")).toBe(identity);
});

describe("what a stack command refuses before it touches anything", () => {
  test.each([
    [["up", "nosuch"], 3, /no Pulumi\.nosuch\.yaml; known stacks: dev, preview, prod/],
    [["up"], 2, /Which stack\?/],
    [["preview", "prod", "dev"], 2, /One stack at a time/],
    [["up", "prod", "--cloud", "moon"], 2, /local or hosted, not "moon"/],
    [["up", "prod", "--frobnicate"], 2, /Unknown option '--frobnicate'/],
    [["destroy", "prod", "--unprotect", "preview"], 2, /takes the name of the stack to destroy, "prod"/],
    [["campaign", "faults", "--frob"], 2, /^Unknown option '--frob'\nnpm run campaign -- --help says .*\n$/],
    [["bench", "up", "--frob"], 2, /^Unknown option '--frob'\nnpm run bench -- --help says .*\n$/],
    [["nosuchtask"], 2, /There is no task "nosuchtask"/],
  ])("%j ends with %i", async (args, code, message) => {
    const result = await run(...args);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("hosted with logs that show secrets", async () => {
    const result = await run("up", "prod", "--cloud", "hosted", "-v", "3");
    expect(result.stderr).toMatch(/-v 3 failed: the engine prints secrets/);
    expect(result.code).toBe(3);
  });

  test("with --json, the refusal is the one document on stdout", async () => {
    const refused = await run("env", "nosuch", "--json");
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toEqual({
      error: {
        code: "refused",
        message: refused.stderr.trimEnd(),
        attempted: expect.any(String),
        answered: expect.stringContaining("known stacks: dev, preview, prod"),
        next: expect.any(String),
      },
    });
  });

  test("help needs neither program nor engine", async () => {
    const result = await run("destroy", "--help");
    expect(result.stdout).toContain("--unprotect STACK");
    expect(result.code).toBe(0);
  });
});

test("a command whose work waits for what has gone away ends as failed, and says so", async () => {
  const frame = JSON.stringify(new URL("frame/command.ts", import.meta.url).href);
  const text = `import(${frame}).then(({ runCommand }) => runCommand({ name: "x", usage: "x" }, () => new Promise(() => {})))`;
  const child = spawn(process.execPath, ["--import", "tsx/esm", "-e", text], { cwd: join(import.meta.dirname, "..") });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, said]).toEqual([1, "npm run x ended before its work did: nothing was left to wait for\n"]);
});
