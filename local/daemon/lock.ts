import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "./process.ts";

/** A lock file held by this process; it survives neither release nor the end of the process. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock file, or answers undefined when a living process holds it. The file names its holder (number and
 * start time) and appears complete, by `link`; what a dead holder left behind is moved aside first.
 */
export async function tryLock(file: string): Promise<Lock | undefined> {
  const me = identify(process.pid);
  if (!me) throw new Error(`cannot lock ${file}: this process (${process.pid}) cannot be identified`);
  await mkdir(dirname(file), { recursive: true });
  await clearLeftovers(file);
  const own = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(own, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await link(own, file);
        return { release: () => releaseOwn({ file, me }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await readHolder(file);
      if (holder && isAlive(holder)) return undefined;
      if (holder) await moveAside({ file, holder });
    }
    return undefined;
  } finally {
    await rm(own, { force: true });
  }
}

/** Runs `work` while holding the lock; waits up to `timeoutMs` (default 120 000) for another holder. */
export async function withLock<T>(options: {
  file: string;
  work: () => Promise<T>;
  timeoutMs?: number;
  onWait?: () => void;
}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 120_000;
  const deadline = Date.now() + timeoutMs;
  let told = false;
  for (;;) {
    const lock = await tryLock(options.file);
    if (lock) {
      try {
        return await options.work();
      } finally {
        await lock.release();
      }
    }
    if (!told) options.onWait?.();
    told = true;
    if (Date.now() > deadline) {
      const holder = await readHolder(options.file);
      throw new Error(
        `waited ${timeoutMs / 1000} s for ${options.file}, held by process ${holder?.pid ?? "unknown"}; end that process, then try again`,
      );
    }
    await sleep(50);
  }
}

/** Who holds a lock file; undefined when it is free. */
export async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Milliseconds after which a file that was moved aside has no owner: it is looked at once and removed. */
const ASIDE_MS = 10_000;

/** Removes what processes that were killed while they took the lock left next to it. */
async function clearLeftovers(file: string): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    const [owner] = name.slice(basename(file).length + 1).split(".");
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    const isLeft = owner === "stale" ? age > ASIDE_MS : /^\d+$/.test(owner ?? "") && !identify(Number(owner));
    if (isLeft) await rm(path, { force: true });
  }
}

/** The folder may have been replaced since by one that another process has locked. */
async function releaseOwn({ file, me }: { file: string; me: ProcessIdentity }): Promise<void> {
  const holder = await readHolder(file);
  if (holder?.pid === me.pid && holder.started === me.started) await rm(file, { force: true });
}

/** Between the look and the move another process may have taken the lock; then its file is put back. */
async function moveAside(options: { file: string; holder: ProcessIdentity }): Promise<void> {
  const aside = `${options.file}.stale.${randomBytes(4).toString("hex")}`;
  try {
    await rename(options.file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved && (moved.pid !== options.holder.pid || moved.started !== options.holder.started)) {
    await link(aside, options.file).catch(() => undefined);
  }
  await rm(aside, { force: true });
}
