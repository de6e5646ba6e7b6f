import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError } from "./error.ts";

/** Milliseconds after which an unfinished file was left by a process that is gone: writing one takes a few. */
export const UNFINISHED_MS = 2000;

/**
 * The text of a file that holds a secret of its own and is made once, however many processes ask at the same time. It
 * appears whole, with its bytes on the disk, or not at all; who comes second reads what the first one made.
 * @param options.what names it in an error, as `passphrase of stack dev`
 * @throws EngineError where the file there holds less than `atLeast` characters, or cannot be written
 */
export async function madeOnce(options: {
  readonly path: string;
  readonly what: string;
  readonly atLeast: number;
  readonly make: () => string | Promise<string>;
}): Promise<string> {
  const { path, what, atLeast, make } = options;
  const text = (await readIfThere(path)) ?? (await makeWhole(path, make, what));
  if (text.trim().length >= atLeast) return text;
  throw new EngineError({
    attempted: `Reading the ${what}`,
    answered: `${path} holds ${text.trim().length} characters, and at least ${atLeast} are needed`,
    next: "Put the file back from a backup. Where nothing was encrypted with it yet, remove it: it is made again.",
  });
}

/** Removes files of a folder that a killed process began and did not finish. @returns their names */
export async function clearUnfinished(folder: string, isUnfinished: (name: string) => boolean): Promise<string[]> {
  const cleared: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).filter(isUnfinished)) {
    const written = await stat(join(folder, name)).catch(() => undefined);
    if (!written || Date.now() - written.mtimeMs < UNFINISHED_MS) continue;
    await rm(join(folder, name), { force: true });
    cleared.push(name);
  }
  return cleared;
}

async function makeWhole(path: string, make: () => string | Promise<string>, what: string): Promise<string> {
  const partial = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await clearUnfinished(dirname(path), (name) => name.startsWith(`${basename(path)}.`) && name.endsWith(".part"));
    await writeFlushed(partial, await make());
    // A link is refused where the name is taken, and never shows a file that is not whole.
    await link(partial, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new EngineError(
      {
        attempted: `Making the ${what}`,
        answered: `${path} could not be written: ${code}`,
        next: "Nothing was left there. Make room, or make the folder writable, and run the command again.",
      },
      { cause: error },
    );
  } finally {
    await rm(partial, { force: true }).catch(() => {});
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
