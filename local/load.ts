import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./daemon/lock.ts";

/** What makes up a cloud in a data folder: itself, and states, keys and local settings of the stacks that live in it. */
export const SAVED_PARTS = ["cloud", "pulumi", "hand-off", "settings"];

/** Folder of a data folder with a cloud that is to take the place of the one there is. It appears whole. */
export const LOADED = "loaded";

/** Begins the names of folders that are not whole yet, or not needed any more. */
const UNFINISHED = ".load-";

/** A folder of a data folder for what is not whole yet; one that is left is removed by the next load. */
export function unfinishedFolder(dataDir: string): string {
  return join(dataDir, `${UNFINISHED}${randomBytes(4).toString("hex")}`);
}

/**
 * Puts the parts of a loaded cloud in their places, wherever an earlier try was cut off. Nothing happens where none is
 * loaded. A part that the loaded cloud has not goes as well.
 */
export async function finishLoad(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, LOADED))) return;
  await withLock({ file: join(dataDir, "load.lock"), work: () => putInPlace(dataDir) });
}

/** Each step may have been done before: what is moved already is missing where it was. */
async function putInPlace(dataDir: string): Promise<void> {
  const loaded = join(dataDir, LOADED);
  if (!existsSync(loaded)) return;
  const [replaced, cleared] = [join(loaded, "replaced"), join(loaded, "cleared")];
  if (!existsSync(cleared)) {
    await mkdir(replaced, { recursive: true });
    for (const part of SAVED_PARTS) await rename(join(dataDir, part), join(replaced, part)).catch(ifMissing);
    await mkdir(cleared);
  }
  for (const part of SAVED_PARTS) await rename(join(loaded, part), join(dataDir, part)).catch(ifMissing);
  // A folder that is half removed would be taken for one with nothing done.
  await rename(loaded, unfinishedFolder(dataDir));
  for (const name of (await readdir(dataDir)).filter((found) => found.startsWith(UNFINISHED)))
    await rm(join(dataDir, name), { recursive: true, force: true });
}

function ifMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
