import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own in memory that can be filled and made read-only while others write to it. */
export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = join(folder, ".filler");
  }

  /** @returns the reason where this machine does not let us mount one: that takes root, on Linux */
  static async open(megabytes: number): Promise<SmallDisk | string> {
    const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "tmpfs", folder]);
      return new SmallDisk(folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
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
  async heal(): Promise<void> {
    await run("mount", ["-o", "remount,rw", this.folder]);
    rmSync(this.#filler, { force: true });
  }

  async close(): Promise<void> {
    await run("umount", ["-l", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
