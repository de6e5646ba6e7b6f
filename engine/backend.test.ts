import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localBackend, removeStackFiles } from "./backend.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "engine-backend-"));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

test("a stack that is gone leaves no copy of its state, not even a half-written one; others stay", async () => {
  const backend = localBackend(dataDir, "tailfire", "preview-pr-1");
  const folder = dirname(backend.checkpoint);
  await mkdir(folder, { recursive: true });
  const own = ["preview-pr-1.json.bak", "preview-pr-1.json.bak.attrs", "preview-pr-1.json.18b2c3d4e5f60718.tmp"];
  const others = ["preview-pr-10.json", "preview-pr-10.json.18b2c3d4e5f60718.tmp"];
  for (const file of [...own, ...others]) await writeFile(join(folder, file), "{}");
  await removeStackFiles(backend);
  expect(await readdir(folder)).toEqual(others);
});
