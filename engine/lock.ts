import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./error.ts";
import { isProcessAlive } from "./process.ts";

const POLL_MS = 200;
// A holder writes its number right after it made the file; an empty file this old was left by one that was killed.
const UNSIGNED_MS = 5000;

interface LockOptions {
  readonly path: string;
  /** Called every ten seconds of waiting for another process, the first time at once. */
  readonly onWait?: (() => void) | undefined;
}

/** What this process does under each lock: one thing at a time, so that a file that names it is one it could not remove. */
const ofThisProcess = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while nothing else holds the lock file; waits for who does, and clears away a dead one's.
 * @throws EngineError where the file cannot be written
 */
export function withFileLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const before = ofThisProcess.get(options.path) ?? Promise.resolve();
  const mine = before.then(() => holding(options, work));
  const ended = mine.then(
    () => undefined,
    () => undefined,
  );
  ofThisProcess.set(options.path, ended);
  void ended.then(() => ofThisProcess.get(options.path) === ended && ofThisProcess.delete(options.path));
  return mine;
}

async function holding<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  for (let polls = 0; !(await take(options.path)); polls++) {
    if (polls % (10_000 / POLL_MS) === 0) options.onWait?.();
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    // Where the disk is read-only by now, the next to come finds a file whose process is gone, or its own.
    await rm(options.path, { force: true }).catch(() => undefined);
  }
}

async function take(path: string): Promise<boolean> {
  const refuse = (error: NodeJS.ErrnoException) => {
    throw unwritable(path, error);
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(refuse);
  const content = JSON.stringify({ pid: process.pid, host: hostname() });
  const taken = await writeFile(path, content, { flag: "wx" }).then(
    () => true,
    async (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      // On a full disk the file is there, and empty.
      await rm(path, { force: true }).catch(() => undefined);
      return refuse(error);
    },
  );
  if (!taken && (await isAbandoned(path))) await rm(path, { force: true });
  return taken;
}

function unwritable(path: string, cause: NodeJS.ErrnoException): EngineError {
  return new EngineError(
    {
      attempted: `Taking the lock ${path}`,
      answered: cause.message,
      next: "Make room, or make the folder writable, and run the command again.",
    },
    { cause },
  );
}

async function isAbandoned(path: string): Promise<boolean> {
  const holder = await readFile(path, "utf8").catch(() => undefined);
  if (holder === undefined) return false;
  const parsed = /"pid":(\d+),"host":"([^"]*)"/.exec(holder);
  if (parsed) {
    const pid = Number(parsed[1]);
    return parsed[2] === hostname() && (pid === process.pid || !isProcessAlive(pid));
  }
  const written = await stat(path).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs > UNSIGNED_MS;
}
