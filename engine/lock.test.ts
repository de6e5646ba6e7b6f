import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withFileLock } from "./lock.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("work of one process is done one after the other, also after one that failed", async () => {
  const path = join(folder, "a.lock");
  let inside = 0;
  const once = async (fails: boolean) => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
    if (fails) throw new Error("asked for");
  };
  const all = await Promise.allSettled(
    [true, false, true, false].map((fails) => withFileLock({ path }, () => once(fails))),
  );
  expect(all.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(await readdir(folder)).toEqual([]);
});

test("a lock that this process could not remove, its disk being read-only, does not hold it up", async () => {
  const path = join(folder, "b.lock");
  await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname() }));
  expect(await withFileLock({ path }, async () => "done")).toBe("done");
});

test("where the file cannot be written, the error says which, why and what next", async () => {
  const path = join(folder, "file", "c.lock");
  await writeFile(join(folder, "file"), "");
  const work = async () => "never";
  await expect(withFileLock({ path }, work)).rejects.toThrow(
    /Taking the lock .*c\.lock failed: (EEXIST|ENOTDIR).*\n.*Make room/s,
  );
});
