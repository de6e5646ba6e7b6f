import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localBackend, removeStackFiles } from "./backend.ts";
import { Fingerprints } from "./fingerprints.ts";

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
  for (const file of ["Pulumi.preview-pr-1.yaml.4711", "Pulumi.preview-pr-10.yaml"])
    await writeFile(join(backend.workDir, file), "{}");
  await removeStackFiles(backend);
  expect(await readdir(folder)).toEqual(others);
  expect((await readdir(backend.workDir)).sort()).toEqual(["Pulumi.preview-pr-10.yaml", "state"]);
});

test("half a file of fingerprints, as a killed command leaves it, is one that knows nothing", async () => {
  const [path, passphrase] = [join(dataDir, "secrets.json"), join(dataDir, "passphrase")];
  await writeFile(passphrase, "long enough");
  const whole = await Fingerprints.open(path, passphrase);
  await whole.remember({ key: "value" });
  expect((await Fingerprints.open(path, passphrase)).matches("key", "value")).toBe(true);
  await writeFile(path, "");
  const half = await Fingerprints.open(path, passphrase);
  expect(half.matches("key", "value")).toBe(false);
  await half.remember({ key: "value" });
  expect((await Fingerprints.open(path, passphrase)).matches("key", "value")).toBe(true);
});
