import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseCheckpoint, requireNew } from "./checkpoint.ts";
import { RefusedError } from "./error.ts";
import { clearUnfinished, madeOnce, UNFINISHED_MS } from "./once.ts";
import { isEngineAlive } from "./process.ts";

/** Characters a passphrase has at least: a shorter one is what is left of one. */
const PASSPHRASE_LENGTH = 16;

/** The files of one local stack, all below one folder of the data folder. */
export interface LocalBackend {
  readonly workDir: string;
  readonly stateDir: string;
  readonly homeDir: string;
  readonly passphraseFile: string;
  /** There from before the passphrase is made until the state is. */
  readonly unmadeFile: string;
  /** What was encrypted into the settings file, see `Fingerprints`. */
  readonly fingerprintFile: string;
  readonly checkpoint: string;
  readonly lockDir: string;
}

/** A resource as the state holds it. Values marked secret are ciphertext. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly custom?: boolean;
  /** It is to be replaced by the next operation. */
  readonly taint?: boolean;
  /** It was deleted, and its successor is not there yet. */
  readonly pendingReplacement?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** The part of a stack's state that this project reads; the rest passes through as it is. */
export interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
  readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
  readonly [key: string]: unknown;
}

export function localBackend(dataDir: string, project: string, stack: string): LocalBackend {
  const workDir = join(dataDir, "pulumi");
  const stateDir = join(workDir, "state");
  return {
    workDir,
    stateDir,
    homeDir: join(workDir, "home"),
    passphraseFile: join(workDir, `passphrase.${stack}`),
    unmadeFile: join(workDir, `passphrase.${stack}.unmade`),
    fingerprintFile: join(workDir, `secrets.${stack}.json`),
    checkpoint: join(stateDir, ".pulumi", "stacks", project, `${stack}.json`),
    lockDir: join(stateDir, ".pulumi", "locks", "organization", project, stack),
  };
}

/**
 * Makes the folders and, once per stack, a passphrase only the owner can read.
 * @throws RefusedError where state or passphrase is there without the other: what is lost is not a new stack
 */
export async function prepareBackend(backend: LocalBackend, stack: string): Promise<void> {
  await mkdir(backend.workDir, { recursive: true, mode: 0o700 });
  await mkdir(backend.stateDir, { recursive: true, mode: 0o700 });
  await mkdir(backend.homeDir, { recursive: true, mode: 0o700 });
  await clearUnfinished(join(backend.stateDir, ".pulumi"), (name) => /^meta\.yaml\..*\.tmp$/.test(name));
  // On a full disk the engine leaves one at each try to save.
  const isTry = (name: string) => name.startsWith(`${stack}.json.`) && name.endsWith(".tmp");
  await clearUnfinished(dirname(backend.checkpoint), isTry);
  const isNew = !existsSync(backend.checkpoint);
  if (!isNew && !existsSync(backend.passphraseFile)) {
    throw new RefusedError({
      attempted: `Opening local stack ${stack}`,
      answered: `its state exists, but its passphrase file ${backend.passphraseFile} does not`,
      next: `Put the file back. Without it the secrets in the state are lost: npm run destroy -- ${stack} --forget-database removes the stack with its project by ref alone.`,
    });
  }
  // Nothing is encrypted with it yet: a version before this one could be killed between making and filling it.
  if (isNew && (await stat(backend.passphraseFile).catch(() => undefined))?.size === 0)
    await rm(backend.passphraseFile);
  if (!isNew) await rm(backend.unmadeFile, { force: true });
  else {
    await requireNew(backend, stack);
    if (!existsSync(backend.passphraseFile)) await writeFile(backend.unmadeFile, "", { mode: 0o600 });
  }
  await madeOnce({
    path: backend.passphraseFile,
    what: `passphrase of stack ${stack}`,
    atLeast: PASSPHRASE_LENGTH,
    make: () => randomBytes(32).toString("base64url"),
  });
}

/**
 * Removes what belongs to a stack that is gone: nothing is encrypted with its passphrase any more. The engine leaves a
 * copy of the last state, the history and empty lock folders behind; a command killed while it wrote leaves
 * STACK.json.*.tmp or Pulumi.STACK.yaml.PID.
 */
export async function removeStackFiles(backend: LocalBackend): Promise<void> {
  const { checkpoint, lockDir, stateDir, passphraseFile, unmadeFile, fingerprintFile } = backend;
  const stack = basename(checkpoint, ".json");
  const copies = [
    ...(await filesStartingWith(dirname(checkpoint), `${stack}.json.`)),
    ...(await filesStartingWith(backend.workDir, `Pulumi.${stack}.yaml.`)),
  ];
  const history = join(stateDir, ".pulumi", "history", basename(dirname(checkpoint)), stack);
  for (const path of [passphraseFile, unmadeFile, fingerprintFile, ...copies, history, lockDir]) {
    await rm(path, { recursive: true, force: true });
  }
}

async function filesStartingWith(folder: string, start: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((file) => file.startsWith(start)).map((file) => join(folder, file));
}

/** The stack's state as last written, or `undefined` before its first operation. @throws EngineError naming the file */
export function readCheckpoint(backend: LocalBackend): Promise<Deployment | undefined> {
  return parseCheckpoint<Deployment>(backend.checkpoint);
}

/**
 * Removes locks whose process on this machine is gone, and locks that a killed process did not finish writing: the engine
 * fails at those with "unexpected end of JSON input". @returns one line for each.
 */
export async function releaseStaleLocks(backend: LocalBackend): Promise<string[]> {
  const removed: string[] = [];
  const unfinished = new Set(await unfinishedLocks(backend));
  // One that is being written has its content, or its name, within milliseconds.
  if (unfinished.size > 0) await sleep(UNFINISHED_MS + 100);
  const cleared = await clearUnfinished(backend.lockDir, (name) => unfinished.has(name));
  removed.push(...cleared.map((name) => `Removed the unfinished lock ${name}: a killed process left it`));
  for (const name of await readdir(backend.lockDir).catch(() => [])) {
    const path = join(backend.lockDir, name);
    const lock = parseLock(await readFile(path, "utf8").catch(() => ""));
    if (!lock || lock.hostname !== hostname() || isEngineAlive(lock.pid)) continue;
    await rm(path, { force: true });
    removed.push(`Removed the lock that process ${lock.pid} left on ${lock.timestamp}: it no longer runs`);
  }
  return removed;
}

/** Names of lock files that say nothing: the engine takes each for a lock it cannot read. */
export async function unfinishedLocks(backend: Pick<LocalBackend, "lockDir">): Promise<string[]> {
  const names = await readdir(backend.lockDir).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(backend.lockDir, name), "utf8").catch(() => undefined)),
  );
  return names.filter((_, index) => texts[index] !== undefined && parseLock(texts[index] ?? "") === undefined);
}

/** Who works on local stacks right now: engines of this machine that hold a lock. */
export async function locksHeld(dataDir: string): Promise<{ stack: string; pid: number }[]> {
  const folder = join(dataDir, "pulumi", "state", ".pulumi", "locks");
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const found = files
    .filter((file) => file.endsWith(".json"))
    .map(async (file) => {
      const lock = parseLock(await readFile(join(folder, file), "utf8").catch(() => ""));
      return lock && isEngineAlive(lock.pid) ? [{ stack: basename(dirname(file)), pid: lock.pid }] : [];
    });
  return (await Promise.all(found)).flat();
}

interface Lock {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

function parseLock(text: string): Lock | undefined {
  try {
    const lock: Partial<Lock> = JSON.parse(text);
    if (typeof lock.pid !== "number" || typeof lock.hostname !== "string") return undefined;
    return { pid: lock.pid, hostname: lock.hostname, timestamp: lock.timestamp ?? "an unknown date" };
  } catch {
    return undefined;
  }
}
