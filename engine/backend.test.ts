import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localBackend, prepareBackend, readCheckpoint, removeStackFiles } from "./backend.ts";
import { Fingerprints } from "./fingerprints.ts";
import { listStacks, localStackTraces } from "./list.ts";

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

describe("a state that is missing", () => {
  const state = (custom: boolean) =>
    JSON.stringify({ version: 3, checkpoint: { latest: { resources: [{ urn: "u", type: "t", custom }] } } });

  test("next to a passphrase, or to a copy that holds something, is lost; nothing is changed", async () => {
    const backend = localBackend(dataDir, "tailfire", "prod");
    const backup = `${backend.checkpoint}.bak`;
    await mkdir(dirname(backend.checkpoint), { recursive: true });
    await writeFile(backend.passphraseFile, "words");
    await expect(prepareBackend(backend, "prod")).rejects.toThrow(
      /state .*prod\.json is missing, and .*passphrase\.prod/,
    );
    await writeFile(backup, state(true));
    await expect(prepareBackend(backend, "prod")).rejects.toThrow(`cp "${backup}" "${backend.checkpoint}"`);
    await rm(backend.passphraseFile);
    for (const text of [state(true), '{"version": 3, "chec']) {
      await writeFile(backup, text);
      await expect(prepareBackend(backend, "prod")).rejects.toThrow(`cp "${backup}"`);
      expect(await readFile(backup, "utf8")).toBe(text);
    }
    expect(await readdir(backend.workDir)).not.toContain("passphrase.prod");
  });

  test("is new where a command was killed before it was made, and where the stack was removed", async () => {
    const backend = localBackend(dataDir, "tailfire", "preview-pr-1");
    await prepareBackend(backend, "preview-pr-1");
    const passphrase = await readFile(backend.passphraseFile, "utf8");
    await prepareBackend(backend, "preview-pr-1");
    expect(await readFile(backend.passphraseFile, "utf8")).toBe(passphrase);
    expect(await localStackTraces(dataDir)).toEqual(["preview-pr-1"]);
    await rm(backend.unmadeFile);
    await mkdir(dirname(backend.checkpoint), { recursive: true });
    await writeFile(`${backend.checkpoint}.bak`, state(false));
    await prepareBackend(backend, "preview-pr-1");
  });
});

test("a state that is cut off is named with its copy, and does not keep others from being listed", async () => {
  const backend = localBackend(dataDir, "tailfire", "prod");
  const folder = dirname(backend.checkpoint);
  await mkdir(folder, { recursive: true });
  await writeFile(backend.checkpoint, '{"version": 3, "chec');
  await expect(readCheckpoint(backend)).rejects.toThrow(/prod\.json failed: 20 bytes .*There is no .*prod\.json\.bak/s);
  await writeFile(`${backend.checkpoint}.bak`, "{}");
  await writeFile(
    join(folder, "preview.json"),
    JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } }),
  );
  const settingsDir = join(dataDir, "listing");
  const hosted = { PULUMI_BACKEND_URL: `file://${backend.stateDir}`, PULUMI_CONFIG_PASSPHRASE: "words" };
  for (const [cloud, env] of [
    ["local", {}],
    ["hosted", hosted],
  ] as const) {
    const found = new Map((await listStacks({ cloud, dataDir, settingsDir, env })).map((one) => [one.name, one]));
    expect([...found.keys()].sort()).toEqual(["preview", "prod"]);
    expect(await found.get("preview")?.readState()).toEqual({ resources: [] });
    await expect(found.get("prod")?.readState()).rejects.toThrow(`cp "${backend.checkpoint}.bak"`);
  }
});

test("what the engine left of its tries to save on a full disk goes, but for another stack's and what is just written", async () => {
  const backend = localBackend(dataDir, "tailfire", "prod");
  const folder = dirname(backend.checkpoint);
  await mkdir(folder, { recursive: true });
  const names = ["prod.json.18ecd743c05d59eb.tmp", "prod.json.18ecd743fbfc7002.tmp", "prod2.json.18ecd743c05d59eb.tmp"];
  for (const name of names) await writeFile(join(folder, name), "");
  for (const name of [names[0], names[2]]) await utimes(join(folder, name ?? ""), 1, 1);
  await prepareBackend(backend, "prod");
  expect(await readdir(folder)).toEqual(names.slice(1));
});
