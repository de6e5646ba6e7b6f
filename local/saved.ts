import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { startLocalCloud, stopLocalCloud } from "./cloud.ts";
import { findDaemon } from "./daemon/client.ts";
import { tryLock } from "./daemon/lock.ts";
import { cloudLayout } from "./layout.ts";
import { finishLoad, LOADED, SAVED_PARTS, unfinishedFolder } from "./load.ts";
import { readState } from "./state.ts";

const run = promisify(execFile);

/** A whole cloud that was kept under a name. */
export interface SavedCloud {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly savedAt: string;
  /** Names of its projects. */
  readonly projects: readonly string[];
  /** The folder that holds it; removing it forgets it. */
  readonly folder: string;
}

interface Named {
  readonly dataDir: string;
  readonly name: string;
}

/** Said in the file that makes a copy a whole one; it is written last. */
const NOTE = "saved.json";
/** Files that belong to the running daemon. */
const OF_DAEMON = /^daemon\.(json|lock.*|log.*)$/;

/** Names are folders, on every file system. @throws Error for any other */
function requireSavedName(name: string): void {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(name)) return;
  throw new Error(
    `"${name}" is not a name for a saved cloud, which has up to 63 letters, digits, dots, dashes and underscores`,
  );
}

/** The clouds that were saved in a data folder, by name. What a killed save left is none. */
export async function savedClouds({ dataDir }: Pick<Named, "dataDir">): Promise<SavedCloud[]> {
  const files = await readdir(savedFolder(dataDir)).catch(() => []);
  const names = new Set(files.map((file) => /^\.old-(.+)$/.exec(file)?.[1] ?? file));
  const found = await Promise.all([...names].sort().map((name) => readSaved({ dataDir, name })));
  return found.flatMap((saved) => saved ?? []);
}

/** One of them; undefined where there is none of that name. */
export async function readSaved({ dataDir, name }: Named): Promise<SavedCloud | undefined> {
  const folder = join(savedFolder(dataDir), name);
  // A save that was killed between the old one and the new.
  if (existsSync(oldOf(folder)) && !existsSync(folder)) await rename(oldOf(folder), folder);
  const text = await readFile(join(folder, NOTE), "utf8").catch(() => undefined);
  if (text === undefined || name.startsWith(".")) return undefined;
  const { savedAt, projects }: Pick<SavedCloud, "savedAt" | "projects"> = JSON.parse(text);
  return { name, savedAt, projects, folder };
}

/**
 * Keeps the cloud of a data folder with all its databases, and the states of the stacks that live in it, under a name. A
 * running cloud is stopped for it and started again: its sessions end.
 * @throws Error where there is no cloud, or the name is taken, unless `replace` is given
 */
export async function saveCloud(options: Named & { readonly replace?: boolean }): Promise<SavedCloud> {
  const { dataDir, name } = { ...options, dataDir: resolve(options.dataDir) };
  requireSavedName(name);
  await finishLoad(dataDir);
  const state = await readState(cloudLayout(dataDir).state);
  if (!state) throw new Error(`there is no local cloud in ${dataDir} to save. Make one: npm run local -- start`);
  const before = await readSaved({ dataDir, name });
  if (before && !options.replace)
    throw new Error(`there is a saved cloud ${name} already (${before.savedAt}); nothing was changed`);
  const making = join(savedFolder(dataDir), `.making-${name}`);
  try {
    await whileStopped(dataDir, async () => {
      await copyParts(dataDir, making);
      const projects = state.projects.map((project) => project.name);
      await writeFile(join(making, NOTE), JSON.stringify({ savedAt: new Date().toISOString(), projects }));
    });
    const folder = join(savedFolder(dataDir), name);
    if (before) await rename(folder, oldOf(folder));
    await rename(making, folder);
    await rm(oldOf(folder), { recursive: true, force: true });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  const saved = await readSaved({ dataDir, name });
  if (!saved)
    throw new Error(`the cloud saved as ${name} cannot be read; save it again: npm run local -- save ${name}`);
  return saved;
}

/**
 * Puts a saved cloud in the place of the one there is; the saved one stays. It runs afterwards where one ran before.
 * Killed in the middle, it leaves either the cloud of before or the saved one, whole: the next command finishes it.
 */
export async function loadCloud(options: Named): Promise<void> {
  const { dataDir, name } = { ...options, dataDir: resolve(options.dataDir) };
  await finishLoad(dataDir);
  const saved = await readSaved({ dataDir, name });
  if (!saved) throw new Error(`there is no saved cloud ${name}: npm run local -- saved lists them`);
  const preparing = unfinishedFolder(dataDir);
  try {
    await copyParts(saved.folder, preparing);
    await whileStopped(dataDir, async () => {
      // From here on it is the saved one that there is.
      await rename(preparing, join(dataDir, LOADED));
      await finishLoad(dataDir);
    });
  } finally {
    await rm(preparing, { recursive: true, force: true });
  }
}

/** Where a saved cloud stands while another takes its name. */
function oldOf(folder: string): string {
  return join(dirname(folder), `.old-${basename(folder)}`);
}

function savedFolder(dataDir: string): string {
  return join(resolve(dataDir), "saved");
}

/** Copies what a cloud consists of: blocks shared where the file system can. A hard link would be written through. */
async function copyParts(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true, mode: 0o700 });
  const there = await readdir(from);
  const flags = process.platform === "darwin" ? ["-c", "-p", "-R"] : ["-a", "--reflink=auto"];
  for (const part of SAVED_PARTS.filter((name) => there.includes(name)))
    await run("cp", [...flags, join(from, part), join(to, part)]);
  const files = await readdir(join(to, "cloud"));
  for (const file of files.filter((name) => OF_DAEMON.test(name))) await rm(join(to, "cloud", file));
}

/** Does `work` while no daemon and no cluster of a data folder runs, and none can start. */
async function whileStopped(dataDir: string, work: () => Promise<void>): Promise<void> {
  const ran = (await findDaemon(dataDir)) !== undefined;
  await stopLocalCloud({ dataDir });
  const lock = await tryLock(cloudLayout(dataDir).lock);
  if (!lock) throw new Error(`the local cloud of ${dataDir} was started during this; run the command again`);
  try {
    await work();
  } finally {
    await lock.release();
    if (ran) await startLocalCloud({ dataDir, organizations: [] });
  }
}
