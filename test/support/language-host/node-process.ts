import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What a started process does with its output, and when it is to stop. */
export interface Watching {
  /** Where its output goes. Default: where that of this process goes. */
  readonly onOutput?: ((stream: "stdout" | "stderr", bytes: Buffer) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts a command and resolves to its exit code; -1 when a signal ended it. @throws when it cannot be started. */
export function finished(command: string, args: readonly string[], options: SpawnOptions & Watching): Promise<number> {
  const { onOutput, signal, ...spawning } = options;
  return new Promise((resolve, reject) => {
    const output = onOutput ? "pipe" : "inherit";
    const child = spawn(command, args, { ...spawning, stdio: ["ignore", output, output] });
    forward(child, onOutput);
    const stop = () => child.kill("SIGINT");
    signal?.addEventListener("abort", stop, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      resolve(code ?? -1);
    });
  });
}

function forward(child: ChildProcess, onOutput: Watching["onOutput"]): void {
  child.stdout?.on("data", (bytes: Buffer) => onOutput?.("stdout", bytes));
  child.stderr?.on("data", (bytes: Buffer) => onOutput?.("stderr", bytes));
}

/** The file of a module as the program in `folder` finds it. @throws naming the step that is missing. */
export function moduleFor(folder: string, name: string): string {
  try {
    return createRequire(join(folder, "program.js")).resolve(name);
  } catch {
    throw new Error(`${folder} has no ${name}: run "pulumi install" there`);
  }
}
