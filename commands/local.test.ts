import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-script-"));
});

afterAll(async () => {
  await run("reset", "--yes");
  await rm(dataDir, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = ["--import", "tsx", join(import.meta.dirname, "local.ts"), ...args];
  const env = { ...process.env, TAILFIRE_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

test("start, status, env, stop: text, JSON and exit codes", async () => {
  expect(await run("status")).toMatchObject({ code: 5, out: expect.stringContaining("not running") });
  const started = await run("start", "--json", "--organization", "acme");
  expect(started.code, started.err).toBe(0);
  const { endpoint, organizations } = JSON.parse(started.out);
  expect(organizations).toMatchObject([{ name: "acme" }]);
  const status = await run("status");
  expect(status).toMatchObject({ code: 0, out: expect.stringContaining(endpoint) });
  expect((await run("env")).out).toMatch(
    new RegExp(`^export SUPABASE_API_ENDPOINT=${endpoint}\\nexport SUPABASE_PROFILE=.*/supabase-profile.yaml\\n$`),
  );
  const revealed = await run("env", "--reveal", "--organization", "acme");
  expect(revealed.out).toMatch(/SUPABASE_ACCESS_TOKEN=sbp_[0-9a-f]{40}\n/);
  expect(started.out + status.out).not.toContain("sbp_");
  expect(JSON.parse((await run("stop", "--json")).out)).toEqual({ stopped: true });
  expect(JSON.parse((await run("status", "--json")).out)).toMatchObject({ running: false });
});

test("wrong usage is exit code 2 and names the mistake; help is 0", async () => {
  expect(await run("strat")).toMatchObject({ code: 2, err: expect.stringContaining('"strat"') });
  expect(await run("start", "--nope")).toMatchObject({ code: 2, err: expect.stringContaining("--nope") });
  expect(await run("reset")).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect(await run("-h")).toMatchObject({ code: 0, out: expect.stringContaining("Commands") });
  expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("Commands") });
});
