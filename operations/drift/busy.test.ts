import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Deployment, localBackend } from "../../engine/backend.ts";
import { busyQuestion } from "./busy.ts";

let dataDir: string;
let state: Deployment | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "drift-busy-"));
  state = { manifest: { time: "2030-01-01" } };
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const ask = (about: { stack?: string; cloud?: "local" | "hosted" } = {}) =>
  busyQuestion({
    stack: "preview-pr-7",
    project: "app",
    cloud: "local",
    dataDir,
    readState: async () => state,
    target: () => Promise.reject(new Error("no database")),
    ...about,
  });

function engineLock(content: object): void {
  const { lockDir } = localBackend(dataDir, "app", "preview-pr-7");
  mkdirSync(lockDir, { recursive: true });
  writeFileSync(join(lockDir, "lock.json"), JSON.stringify(content));
}

test("not busy: a database that does not answer is what the layers report", async () => {
  const busy = ask();
  expect(await busy()).toBeUndefined();
  expect(await busy()).toBeUndefined();
});

test("the engine's lock: of another machine it counts, of a process that is gone it does not", async () => {
  engineLock({ pid: 2 ** 22 + 1, hostname: hostname() });
  expect(await ask()()).toBeUndefined();
  engineLock({ pid: 77, hostname: "elsewhere" });
  expect(await ask()()).toBe("an operation is under way (process 77 on elsewhere)");
  expect(await ask({ stack: "preview" })()).toBeUndefined();
});

test("the lock of npm run pr", async () => {
  mkdirSync(join(dataDir, "pr"));
  writeFileSync(join(dataDir, "pr/pr-7.lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
  expect(await ask()()).toBe(`npm run pr works on it (process ${process.pid})`);
  expect(await ask({ stack: "preview-pr-8" })()).toBeUndefined();
});

test("state that was written between the two questions", async () => {
  const busy = ask();
  expect(await busy()).toBeUndefined();
  state = { manifest: { time: "2030-01-02" } };
  expect(await busy()).toBe("it was deployed while it was looked at");
});

test("operations that have begun and not ended, in state elsewhere", async () => {
  state = { pending_operations: [{ type: "creating", resource: { urn: "x", type: "y" } }] };
  expect(await ask({ cloud: "hosted" })()).toMatch(/^1 operations have begun and not ended/);
  expect(await ask()()).toBeUndefined();
});
