import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CreatedNotReady } from "../../providers/host/kind.ts";
import { projectLifecycle as project } from "../../providers/supabase/project.provider.ts";
import { openFlakyFront } from "./flaky-front.ts";
import { Trial } from "./trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.open();
});
afterAll(() => trial.close());

test("killed between creation and answer: the next create adopts, and makes no second project", async () => {
  const name = "killed fault-slow-create-2s";
  const inputs = trial.inputs(name);
  const script = join(import.meta.dirname, "create-until-killed.ts");
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const args = ["--import", tsx, script, JSON.stringify(trial.settings()), JSON.stringify(inputs)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  while ((await trial.refs(name)).length === 0) await sleep(20);
  child.kill("SIGKILL");
  await once(child, "exit");
  const [ref] = await trial.refs(name);
  expect((await project.create(trial.call(), inputs)).id).toBe(ref);
  expect(await trial.refs(name)).toHaveLength(1);
  expect(trial.messages.at(-1)).toMatch(/was adopted, not created/);
});

test.each([
  ["504", "lost-504", { status: 504, body: "gateway time-out" } as const],
  ["a broken connection", "lost-reset", "reset" as const],
])("%s in the place of the answer: the project is found and used", async (_, name, fate) => {
  const front = await openFlakyFront({
    behind: trial.cloud.endpoint,
    fate: (line) => (line === "POST /v1/projects" ? { lost: fate } : "pass"),
  });
  try {
    const call = trial.call({ settings: { ...trial.settings(), endpoint: front.endpoint } });
    const { id } = await project.create(call, trial.inputs(name));
    expect(await trial.refs(name)).toEqual([id]);
    expect(front.seen.filter((one) => one.line === "POST /v1/projects")).toHaveLength(1);
  } finally {
    await front.close();
  }
});

test("an answer is lost and the project cannot be set up: it is recorded, to be replaced", async () => {
  const name = "lost fault-init-failed-1x";
  const front = await openFlakyFront({
    behind: trial.cloud.endpoint,
    fate: (line) => (line === "POST /v1/projects" ? { lost: "reset" } : "pass"),
  });
  try {
    const inputs = trial.inputs(name);
    const call = trial.call({ settings: { ...trial.settings(), endpoint: front.endpoint } });
    const failure = await project.create(call, inputs).catch((error: unknown) => error);
    if (!(failure instanceof CreatedNotReady)) throw failure;
    expect(await trial.refs(name)).toEqual([failure.id]);
    const state = failure.state as unknown as Parameters<typeof project.diff>[0];
    expect(project.diff(state, inputs, inputs)).toEqual([{ property: "status", kind: "update", replace: true }]);
    // One that was there before is not known to be ours.
    await expect(project.create(trial.call(), inputs)).rejects.toThrow(
      /INIT_FAILED: .*delete it in the dashboard, then/,
    );
  } finally {
    await front.close();
  }
});

test("cancelled while the creation is answered: the answer is waited for, and the project recorded", async () => {
  const name = "cancelled fault-create-timeout-2s";
  const cancel = new AbortController();
  const creating = project.create(trial.call({ signal: cancel.signal }), trial.inputs(name)).catch((error) => error);
  while ((await trial.refs(name)).length === 0) await sleep(20);
  cancel.abort();
  const failure = await creating;
  if (!(failure instanceof CreatedNotReady)) throw failure;
  expect(await trial.refs(name)).toEqual([failure.id]);
});

test("a failure that made nothing is reported after looking", async () => {
  const front = await openFlakyFront({
    behind: trial.cloud.endpoint,
    fate: (line) => (line === "POST /v1/projects" ? { status: 500, body: '{"message":"no room"}' } : "pass"),
  });
  try {
    const call = trial.call({ settings: { ...trial.settings(), endpoint: front.endpoint } });
    await expect(project.create(call, trial.inputs("never-made"))).rejects.toThrow(/\[POST\].*500 no room/);
    expect(await trial.refs("never-made")).toEqual([]);
  } finally {
    await front.close();
  }
});
