import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

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
  options: { readonly dataDir: string; readonly env?: Record<string, string>; readonly input?: string },
): Promise<Finished> {
  const { dataDir, env, input } = options;
  const own = { env: { TAILFIRE_DATA_DIR: dataDir, ...env }, input };
  return runWith(process.execPath, [join(root, "scripts/setup.mjs"), "--run", task, ...args], own);
}

/** A task that runs, with all it starts in one process group, as on a terminal. */
export interface RunningTask {
  readonly ended: Promise<Finished>;
  /** Sends a signal to all of it that still runs. */
  signal(name: NodeJS.Signals): void;
  readonly isRunning: () => boolean;
}

/** Starts one of the project's tasks as {@link runTask} does, to be cut off. */
export function startTask(
  task: string,
  args: readonly string[],
  options: { readonly dataDir: string; readonly env?: Record<string, string> },
): RunningTask {
  const child = spawn(process.execPath, [join(root, "scripts/setup.mjs"), "--run", task, ...args], {
    env: { ...process.env, TAILFIRE_DATA_DIR: options.dataDir, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    ended: finished(child),
    signal: (name) => void (child.pid !== undefined && isRunning() && process.kill(-child.pid, name)),
    isRunning,
  };
}

/** The same, killed after a while. */
export async function killedTask(
  milliseconds: number,
  ...[task, args, options]: Parameters<typeof startTask>
): Promise<void> {
  const { ended, signal } = startTask(task, args, options);
  await Promise.race([sleep(milliseconds), ended]);
  signal("SIGKILL");
  await ended;
}

/** Runs a command and waits for its end. */
export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Finished> {
  return runWith(command, args, { env, cwd });
}

function runWith(
  command: string,
  args: readonly string[],
  { env, cwd, input }: { env: Record<string, string>; cwd?: string | undefined; input?: string | undefined },
): Promise<Finished> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined).end(input);
  return finished(child);
}

function finished(child: ChildProcessByStdio<Writable | null, Readable, Readable>): Promise<Finished> {
  return new Promise((resolve, reject) => {
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
