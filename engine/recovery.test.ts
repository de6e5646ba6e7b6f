import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Marker, TrialProject } from "../test/support/trial-project.ts";
import { StackBusyError } from "./error.ts";
import { interruptEngines } from "./interrupt.ts";
import type { EnvironmentStack } from "./operations.ts";

let project: TrialProject;

beforeEach(async () => {
  project = await TrialProject.create();
});
afterEach(() => project.remove());

/** A program that waits in the middle of an operation until it is let go. */
function waitingProgram() {
  let begin = () => {};
  let release = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const program = async () => {
    new Marker("one");
    begin();
    await released;
  };
  return { program, begun, release };
}

interface Lock {
  pid: number;
  hostname: string;
}

function readLock(stack: EnvironmentStack): Lock {
  const folder = join(stack.workDir, "state", ".pulumi", "locks", "organization", "trial", "prod");
  const [name = ""] = readdirSync(folder);
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

describe("two at once", () => {
  test("the second names the process of the first and gives up; afterwards it works", async () => {
    const waiting = waitingProgram();
    const [first, second] = [await project.open(waiting.program), await project.open(waiting.program)];
    const running = first.up();
    await waiting.begun;
    const failure = await second.up().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StackBusyError);
    expect(String(failure)).toMatch(new RegExp(`process ${readLock(first).pid} of \\S+ on ${hostname()} is working`));
    waiting.release();
    await running;
    expect(await second.up()).toMatchObject({ changed: false });
  });

  test("operations with other settings in one process are refused, not mixed up", async () => {
    const waiting = waitingProgram();
    const first = await project.open(waiting.program, { env: { SUPABASE_ACCESS_TOKEN: "one" } });
    const second = await project.open(async () => ({}), { stack: "preview", env: { SUPABASE_ACCESS_TOKEN: "two" } });
    const running = first.up();
    await waiting.begun;
    await expect(second.up()).rejects.toThrow(/still working on stack prod/);
    waiting.release();
    await running;
    await second.up();
  });
});

describe("after a kill", () => {
  test("the lock the engine left is removed with a line, and up converges", async () => {
    const waiting = waitingProgram();
    const stack = await project.open(waiting.program);
    const running = stack.up().catch((error: unknown) => error);
    await waiting.begun;
    const { pid } = readLock(stack);
    process.kill(pid, "SIGKILL");
    waiting.release();
    expect(String(await running)).toContain("up of stack prod failed");
    expect(readLock(stack).pid).toBe(pid);
    const again = await project.open(async () => void new Marker("one"));
    await again.up();
    expect(await again.up()).toMatchObject({ changed: false, changes: { same: 2 } });
    expect(project.lines.filter((line) => line.includes(`Removed the lock that process ${pid} left`))).toHaveLength(1);
  });

  test("a lock of another machine stays", async () => {
    const waiting = waitingProgram();
    const stack = await project.open(waiting.program);
    const running = stack.up().catch((error: unknown) => error);
    await waiting.begun;
    const lock = readLock(stack);
    process.kill(lock.pid, "SIGKILL");
    waiting.release();
    await running;
    const folder = join(stack.workDir, "state", ".pulumi", "locks", "organization", "trial", "prod");
    const [name = ""] = readdirSync(folder);
    writeFileSync(join(folder, name), JSON.stringify({ ...lock, hostname: "another-machine" }));
    await expect(stack.up()).rejects.toThrow(StackBusyError);
  });

  test("an empty lock of a stack that was not made yet is removed with a line, and it is made", async () => {
    const folder = join(project.dataDir, "pulumi", "state", ".pulumi", "locks", "organization", "trial", "prod");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cut-off.json"), "");
    await (await project.open(async () => void new Marker("one"))).up();
    expect(project.lines).toContain("Removed the unfinished lock cut-off.json: a killed process left it");
  });

  test("pending operations are cleared with a line, and up converges", async () => {
    const program = async () => void new Marker("one");
    const stack = await project.open(program);
    await stack.up();
    const checkpoint = join(stack.workDir, "state", ".pulumi", "stacks", "trial", "prod.json");
    const state = JSON.parse(readFileSync(checkpoint, "utf8"));
    const urn = "urn:pulumi:prod::trial::test:index:Marker::two";
    state.checkpoint.latest.pending_operations = [{ type: "creating", resource: { urn, type: "test:index:Marker" } }];
    writeFileSync(checkpoint, JSON.stringify(state));
    expect(await stack.up()).toMatchObject({ changed: false });
    expect(project.lines).toContain("Cleared an operation that was interrupted: creating Marker two");
    expect((await stack.exportState()).deployment.pending_operations ?? []).toEqual([]);
  });
});

describe("interrupting", () => {
  test("the engine ends in order: no lock is left, and the next up converges", async () => {
    const waiting = waitingProgram();
    const stack = await project.open(waiting.program);
    const running = stack.up().catch((error: unknown) => error);
    await waiting.begun;
    await sleep(100);
    interruptEngines();
    const failure = await running;
    waiting.release();
    expect(String(failure)).toContain("Run the command again");
    const again = await project.open(async () => void new Marker("one"));
    expect(await again.up()).toMatchObject({ operation: "up" });
    expect(project.lines.join("\n")).not.toContain("Removed the lock");
  });
});
