import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Marker, TrialProject } from "../../test/support/trial-project.ts";

type Call = (...args: unknown[]) => unknown;

const load = createRequire(import.meta.url);
let project: TrialProject;

beforeEach(async () => {
  project = await TrialProject.create({});
});
afterEach(() => project.remove());

const program = async () => {
  new Marker("one");
  new Marker("two");
  return {};
};

/** Runs `work` while a call to the engine finds no engine there, as after a connection was lost. */
async function withoutCall(client: object, name: string, work: () => Promise<void>): Promise<void> {
  const calls = client as Record<string, Call>;
  const original = calls[name];
  if (!original) throw new Error(`there is no call ${name}`);
  calls[name] = (...args) => {
    const answer = args.find((arg): arg is Call => typeof arg === "function");
    setTimeout(() => answer?.(Object.assign(new Error("14 UNAVAILABLE: no engine there"), { code: 14 })), 5);
    return {};
  };
  try {
    await work();
  } finally {
    calls[name] = original;
  }
}

test.each([
  ["setRootResource", load("@pulumi/pulumi/proto/engine_grpc_pb.js").EngineClient.prototype],
  ["supportsFeature", load("@pulumi/pulumi/proto/resource_grpc_pb.js").ResourceMonitorClient.prototype],
])("a program that loses the engine at %s deletes nothing", { timeout: 60_000 }, async (name, client) => {
  // What the SDK then rejects reaches no listener: it has taken its own listener away.
  const unheard = (): void => {};
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", unheard);
  try {
    const stack = await project.open(program);
    await stack.up();
    const before = await stack.resources();
    await withoutCall(client, name, async () => {
      await expect(stack.up()).rejects.toThrow(/UNAVAILABLE|cut off from the engine/);
    });
    expect(await stack.resources()).toHaveLength(before.length);
    expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  } finally {
    process.off("unhandledRejection", unheard);
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
});
