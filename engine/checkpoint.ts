import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { EngineError, RefusedError } from "./error.ts";

/**
 * What the file of a state holds; undefined where there is no file, or no operation has run yet.
 * @throws EngineError naming the file, and the copy of the state before, where it is no whole JSON document
 */
export async function parseCheckpoint<State>(path: string): Promise<State | undefined> {
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, "utf8");
  try {
    const file: { checkpoint?: { latest?: State } } = JSON.parse(text);
    return file.checkpoint?.latest;
  } catch (error) {
    const backup = `${path}.bak`;
    throw new EngineError({
      attempted: `Reading the state ${path}`,
      answered: `${Buffer.byteLength(text)} bytes that are no whole JSON document: ${error instanceof Error ? error.message : String(error)}`,
      next: existsSync(backup)
        ? `The state before is in ${backup}: cp "${backup}" "${path}", then run the command with refresh.`
        : `There is no ${backup}. Put the file back from a copy of your own.`,
    });
  }
}

/** The files that say whether a stack without a state is new. */
export interface StackTraces {
  readonly checkpoint: string;
  readonly passphraseFile: string;
  /** There from before the passphrase is made until the state is. */
  readonly unmadeFile: string;
}

/**
 * Refuses a stack whose state is missing and was there before: it is not a new one. One whose copy of the last state
 * holds nothing was removed; one whose state was never made says so with a file of its own.
 * @throws RefusedError naming the files
 */
export async function requireNew(traces: StackTraces, stack: string): Promise<void> {
  const { checkpoint, passphraseFile, unmadeFile } = traces;
  const backup = `${checkpoint}.bak`;
  const hasBackup = existsSync(backup);
  if (hasBackup ? await holdsNothing(backup) : existsSync(unmadeFile) || !existsSync(passphraseFile)) return;
  const left = [passphraseFile, backup].filter((path) => existsSync(path));
  throw new RefusedError({
    attempted: `Opening local stack ${stack}`,
    answered: `its state ${checkpoint} is missing, and ${left.join(" and ")} of it ${left.length > 1 ? "are" : "is"} there. Nothing was changed`,
    next: `Put the state back${hasBackup ? `: cp "${backup}" "${checkpoint}"` : ""}. Or, to start over without what it recorded, move away: ${left.join(", ")}`,
  });
}

/** Whether a state has no resource of a provider. One that cannot be read is taken for full. */
async function holdsNothing(path: string): Promise<boolean> {
  try {
    const state = await parseCheckpoint<{ resources?: readonly { custom?: boolean }[] }>(path);
    return (state?.resources ?? []).every(({ custom }) => !custom);
  } catch {
    return false;
  }
}
