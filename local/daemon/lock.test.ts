import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tryLock, withLock } from "./lock.ts";
import { identify } from "./process.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  file = join(folder, "a.lock");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("one holder at a time, and nothing is left over", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock({ file, work })));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("what killed processes left next to a lock is removed, what a living one just writes is not", async () => {
  const stale = `${file}.stale.0123abcd`;
  for (const path of [`${file}.999999999.0123abcd`, `${file}.${process.ppid}.0123abcd`, stale])
    await writeFile(path, "");
  await utimes(stale, 1, 1);
  await (await tryLock(file))?.release();
  expect(await readdir(folder)).toEqual([`a.lock.${process.ppid}.0123abcd`]);
});

test("a lock of a living process holds, that of a dead one does not, nor that of a reused number", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  const identity = identify(child.pid ?? 0);
  await writeFile(file, JSON.stringify(identity));
  expect(await tryLock(file)).toBeUndefined();
  await writeFile(file, JSON.stringify({ ...identity, started: "long ago" }));
  const stolen = await tryLock(file);
  expect(stolen).toBeDefined();
  await stolen?.release();
  await writeFile(file, JSON.stringify(identity));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  expect(await tryLock(file)).toBeDefined();
});

test("waiting ends with an error that names the file and the holder", async () => {
  await tryLock(file);
  const waiting = withLock({ file, work: async () => undefined, timeoutMs: 100 });
  await expect(waiting).rejects.toThrow(new RegExp(`a\\.lock, held by process ${process.pid}`));
});
