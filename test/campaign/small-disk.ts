import { execFile } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const fillerOf = (folder: string) => join(folder, ".filler");

/** A file system of its own in memory that can be filled and made read-only while others write to it. */
export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = fillerOf(folder);
  }

  /** @returns the reason where this machine does not let us mount one in `folder`: that takes root, on Linux */
  static async open(folder: string, megabytes: number): Promise<SmallDisk | string> {
    mkdirSync(folder);
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "tmpfs", folder]);
      return new SmallDisk(folder);
    } catch (error) {
      const { stderr = String(error) } = error as { stderr?: string };
      return `a file system cannot be mounted here, which takes root on Linux: ${stderr.trim()}`;
    }
  }

  /** Takes all room but so many bytes: every write beyond them is ENOSPC. */
  fill(leaving: number): void {
    const file = openSync(this.#filler, "a");
    let size = 0;
    try {
      for (let chunk = 1 << 20; chunk >= 4096; ) {
        try {
          size += writeSync(file, Buffer.alloc(chunk));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
          chunk /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
    truncateSync(this.#filler, Math.max(0, size - leaving));
  }

  /** Makes every write EROFS; waits while a file is open for writing. @returns false where `until` came first */
  async makeReadOnly(until: AbortSignal): Promise<boolean> {
    while (!until.aborted) {
      const done = await run("mount", ["-o", "remount,ro", this.folder]).then(
        () => true,
        () => false,
      );
      if (done) return true;
      await sleep(5);
    }
    return false;
  }

  /** Room again, and writable. */
  heal(): Promise<void> {
    return SmallDisk.heal(this.folder);
  }

  /** The same of one that another process may have left. */
  static async heal(folder: string): Promise<void> {
    await run("mount", ["-o", "remount,rw", folder]);
    rmSync(fillerOf(folder), { force: true });
  }

  /** Unmounts what a process may have left mounted there. */
  static async release(folder: string): Promise<void> {
    await run("umount", ["-l", folder]).catch(() => undefined);
  }
}
