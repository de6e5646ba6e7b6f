import { spawn } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** How a command ended, and all it printed. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both together, in the order they came. */
  readonly output: string;
}

/** Runs one of the project's tasks as `npm run TASK -- ARGS` does, in a data folder of its own. */
export function runTask(
  task: string,
  args: readonly string[],
  options: { readonly dataDir: string; readonly env?: Record<string, string> },
): Promise<Finished> {
  return run(process.execPath, [join(root, "scripts/setup.mjs"), "--run", task, ...args], {
    TAILFIRE_DATA_DIR: options.dataDir,
    ...options.env,
  });
}

/** Runs a command and waits for its end. */
export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "", output: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        texts[stream] += text;
        texts.output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}
