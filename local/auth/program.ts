import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/** A program of supabase/auth that the user has. */
export interface AuthProgram {
  /** Absolute path. */
  file: string;
  /** What it says of itself: `v2.196.0`. */
  version: string;
}

/** Why no project has an Auth server, said alike by the API, the status and its health. */
export const NO_AUTH =
  "no Auth server: name a program of github.com/supabase/auth by npm run local -- start --auth FILE (none is on the package registries)";

/** Asks a program for its version. @throws Error where it is not there, may not be run, or is no Auth server */
export async function readAuthProgram(file: string): Promise<AuthProgram> {
  await access(file, constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${file} cannot be run as Auth server (${error.code}): build github.com/supabase/auth, name its program`,
    );
  });
  const { stdout } = await run(file, ["version"], { timeout: TIMEOUT_MS, env: {}, cwd: "/" }).catch((error: Error) => {
    throw new Error(`${file} version failed (${error.message.trim()}): this is no program of github.com/supabase/auth`);
  });
  const version = stdout.trim();
  // A program built without its flags answers with an empty line.
  if (!stdout.endsWith("\n") || version.includes("\n") || version.length > 100)
    throw new Error(
      `${file} version answered ${stdout.length} characters: this is no program of github.com/supabase/auth`,
    );
  return { file, version: version || "version unknown" };
}

/** The program that was named before; undefined, and said, where it cannot be run any more. */
export async function recordedProgram(
  file: string | undefined,
  log: (line: string) => void,
): Promise<AuthProgram | undefined> {
  if (!file) return undefined;
  return readAuthProgram(file).catch((error: Error) => {
    log(`no Auth server: ${error.message}`);
    return undefined;
  });
}
