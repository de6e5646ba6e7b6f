import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { finishLoad, LOADED } from "./load.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "load-"));
  for (const [folder, text] of Object.entries({
    cloud: "old",
    "hand-off": "old",
    "loaded/cloud": "new",
    "loaded/pulumi": "new",
  })) {
    await mkdir(join(dataDir, folder), { recursive: true });
    await writeFile(join(dataDir, folder, "which"), text);
  }
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const which = (part: string) => readFile(join(dataDir, part, "which"), "utf8");

/** What a killed load has done: so many of its steps. */
const steps = [
  async () => void (await mkdir(join(dataDir, LOADED, "replaced"))),
  () => rename(join(dataDir, "cloud"), join(dataDir, LOADED, "replaced", "cloud")),
  () => rename(join(dataDir, "hand-off"), join(dataDir, LOADED, "replaced", "hand-off")),
  async () => void (await mkdir(join(dataDir, LOADED, "cleared"))),
  () => rename(join(dataDir, LOADED, "cloud"), join(dataDir, "cloud")),
  () => rename(join(dataDir, LOADED, "pulumi"), join(dataDir, "pulumi")),
];

test.each(steps.map((_, done) => done))(
  "a load that was killed after %i steps is finished by the next command",
  async (done) => {
    for (const step of steps.slice(0, done)) await step();
    await Promise.all([finishLoad(dataDir), finishLoad(dataDir)]);
    expect([await which("cloud"), await which("pulumi")]).toEqual(["new", "new"]);
    expect(await readdir(dataDir)).toEqual(["cloud", "pulumi"]);
  },
);

test("one that was killed before the copy was whole leaves what there was", async () => {
  await rename(join(dataDir, LOADED), join(dataDir, ".load-1"));
  await finishLoad(dataDir);
  expect([await which("cloud"), await which("hand-off")]).toEqual(["old", "old"]);
  await cp(join(dataDir, ".load-1"), join(dataDir, LOADED), { recursive: true });
  await finishLoad(dataDir);
  expect(existsSync(join(dataDir, ".load-1"))).toBe(false);
});
