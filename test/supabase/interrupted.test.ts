import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
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
