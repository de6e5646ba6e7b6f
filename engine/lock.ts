import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isProcessAlive } from "./process.ts";

const POLL_MS = 200;
// A holder writes its number right after it made the file; an empty file this old was left by one that was killed.
const UNSIGNED_MS = 5000;

/** Runs `work` while no other process holds the lock file; waits for one that does, and clears away a dead one's. */
export async function withFileLock<T>(
  options: {
    readonly path: string;
    /** Called every ten seconds of waiting, the first time at once. */
    readonly onWait?: (() => void) | undefined;
  },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
  for (let polls = 0; !(await take(options.path)); polls++) {
    if (polls % (10_000 / POLL_MS) === 0) options.onWait?.();
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(options.path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const content = JSON.stringify({ pid: process.pid, host: hostname() });
  const taken = await writeFile(path, content, { flag: "wx" }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (!taken && (await isAbandoned(path))) await rm(path, { force: true });
  return taken;
}

async function isAbandoned(path: string): Promise<boolean> {
  const holder = await readFile(path, "utf8").catch(() => undefined);
  if (holder === undefined) return false;
  const parsed = /"pid":(\d+),"host":"([^"]*)"/.exec(holder);
  if (parsed) return parsed[2] === hostname() && !isProcessAlive(Number(parsed[1]));
  const written = await stat(path).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs > UNSIGNED_MS;
}
