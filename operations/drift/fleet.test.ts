import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import { LAYERS } from "./core/finding.ts";
import { checkFleet, stacksToLookAt } from "./fleet.ts";

const names = Array.from({ length: 30 }, (_, number) => `preview-pr-${number}`);

/** Opens nothing, and counts how many are being opened at a time. */
function counting(): { most: number; open: () => Promise<never> } {
  const count = { now: 0, most: 0 };
  const open = async (): Promise<never> => {
    count.most = Math.max(count.most, ++count.now);
    await sleep(Math.random() * 10);
    count.now--;
    throw new Error("not there");
  };
  return {
    open,
    get most() {
      return count.most;
    },
  };
}

test.each([1, 2, 7])(
  "%i at a time, each once, in the order they were named, one failure never another's",
  async (concurrency) => {
    const counter = counting();
    const done: string[] = [];
    const { results } = await checkFleet({
      stacks: ["prod", ...names],
      request: { cloud: "local", layers: LAYERS, failOn: "low", concurrency },
      open: counter.open,
      onDone: ({ stack }, number) => done.push(`${number} ${stack}`),
    });
    expect(counter.most).toBe(concurrency);
    expect(results.map(({ stack }) => stack)).toEqual(["prod", ...names]);
    expect(results.every(({ status, reason }) => status === "unreachable" && reason === "not there")).toBe(true);
    expect(done[0]).toBe("1 prod");
    expect(done.at(-1)).toMatch(/^31 /);
  },
);

test("--all over a backend of which nothing is deployed fails, and names what is in it", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "fleet-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const all = { all: true, stacks: [], cloud: "local" } as const;
  await expect(stacksToLookAt(all, dataDir)).rejects.toThrow(
    /there is no stack of this project\. Nothing was looked at/,
  );
  // A repository that has no preview yet: none is known, and the run says that this is fine.
  expect(await stacksToLookAt(all, dataDir, new Set())).toEqual({ stacks: [], skipped: [], all: undefined });
  await expect(stacksToLookAt(all, dataDir, new Set(["preview"]))).rejects.toThrow(/there is no stack/);
  const { checkpoint } = localBackend(dataDir, "tailfire", "preview");
  await mkdir(dirname(checkpoint), { recursive: true });
  await writeFile(checkpoint, JSON.stringify({ checkpoint: { latest: { resources: [] } } }));
  await expect(stacksToLookAt(all, dataDir)).rejects.toThrow(/nothing is deployed of preview/);
  // Cut off in the middle: known to be there, and for the look to report.
  await writeFile(checkpoint, '{"version": 3, "checkp');
  expect(await stacksToLookAt(all, dataDir)).toMatchObject({ all: ["preview"], skipped: [] });
});
