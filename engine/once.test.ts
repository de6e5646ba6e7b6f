import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localBackend, prepareBackend, releaseStaleLocks, unfinishedLocks } from "./backend.ts";
import { madeOnce } from "./once.ts";

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-once-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const LONG = "a".repeat(40);
const options = (path: string, text = LONG) => ({ path, what: "key", atLeast: 16, make: () => text });

test("processes that start at once all get the text of one of them", async () => {
  const module = JSON.stringify(join(import.meta.dirname, "once.ts"));
  for (let round = 0; round < 5; round++) {
    const path = join(folder, String(round), "identity");
    const at = Date.now() + 1500;
    const code = `
      import { madeOnce } from ${module};
      while (Date.now() < ${at});
      const make = () => process.pid + "${LONG}";
      process.stdout.write(await madeOnce({ path: ${JSON.stringify(path)}, what: "key", atLeast: 16, make }));`;
    const args = ["--import", "tsx", "--input-type=module", "-e", code];
    const all = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, args)));
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1);
    expect(all[0]?.stdout).toBe(await readFile(path, "utf8"));
    expect(await readdir(dirname(path))).toEqual(["identity"]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
}, 60_000);

test("a file that is empty or short is refused by name, and kept", async () => {
  const path = join(folder, "key");
  for (const text of ["", "short\n"]) {
    await writeFile(path, text);
    await expect(madeOnce(options(path))).rejects.toThrow(/key.* holds [05] characters, and at least 16 are needed/);
    expect(await readFile(path, "utf8")).toBe(text);
  }
});

test("what a killed process began is cleared, what another just writes is not", async () => {
  const path = join(folder, "key");
  await writeFile(`${path}.old.part`, "");
  await utimes(`${path}.old.part`, 1, 1);
  await writeFile(`${path}.new.part`, "");
  await madeOnce(options(path));
  expect((await readdir(folder)).sort()).toEqual(["key", "key.new.part"]);
});

test("a folder that cannot be written leaves nothing, and says what failed", async () => {
  if (process.getuid?.() === 0) {
    // Root writes anywhere; a file where the folder should be refuses it as well.
    await writeFile(join(folder, "file"), "");
    await expect(madeOnce(options(join(folder, "file", "key")))).rejects.toThrow(/ENOTDIR/);
    return;
  }
  await chmod(folder, 0o500);
  await expect(madeOnce(options(join(folder, "key")))).rejects.toThrow(/could not be written: EACCES/);
  await chmod(folder, 0o700);
  expect(await readdir(folder)).toEqual([]);
});

test("a stack with an empty passphrase: made again before its first state, refused after it", async () => {
  const backend = localBackend(folder, "tailfire", "dev");
  await prepareBackend(backend, "dev");
  const made = await readFile(backend.passphraseFile, "utf8");
  expect(made.length).toBeGreaterThan(40);
  await writeFile(backend.passphraseFile, "");
  await prepareBackend(backend, "dev");
  expect((await readFile(backend.passphraseFile, "utf8")).length).toBeGreaterThan(40);
  await mkdir(dirname(backend.checkpoint), { recursive: true });
  await writeFile(backend.checkpoint, "{}");
  await writeFile(backend.passphraseFile, "");
  await expect(prepareBackend(backend, "dev")).rejects.toThrow(/passphrase\.dev holds 0 characters/);
});

test("locks that a killed engine did not finish are removed, and those of a living process stay", async () => {
  const backend = localBackend(folder, "tailfire", "dev");
  await mkdir(backend.lockDir, { recursive: true });
  const lock = JSON.stringify({ pid: 1, hostname: "another-machine", timestamp: "2030-01-01" });
  await writeFile(join(backend.lockDir, "a.json.18b2c3d4.tmp"), "");
  await writeFile(join(backend.lockDir, "b.json"), '{"pid":');
  await writeFile(join(backend.lockDir, "c.json"), lock);
  expect((await unfinishedLocks(backend)).sort()).toEqual(["a.json.18b2c3d4.tmp", "b.json"]);
  expect(await releaseStaleLocks(backend)).toEqual([
    "Removed the unfinished lock a.json.18b2c3d4.tmp: a killed process left it",
    "Removed the unfinished lock b.json: a killed process left it",
  ]);
  expect(await readdir(backend.lockDir)).toEqual(["c.json"]);
});
