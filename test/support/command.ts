import { join } from "node:path";
import { vi } from "vitest";
import { root } from "./run.ts";

/** How a command ended, and what it printed where. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What its file exports. */
  readonly exported: Record<string, unknown>;
}

/**
 * Runs a command's file as `npm run` does, in this process: for what it answers before anything large is loaded, a hundred
 * times in the time that three processes take. Not for two at a time: arguments and output are the process's.
 */
export async function callCommand(task: string, args: readonly string[]): Promise<Called> {
  const text = { stdout: "", stderr: "" };
  const argv = process.argv;
  const listeners = process.stdout.listeners("error");
  let end = (_: number): void => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const catching = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk: unknown, ...more: unknown[]) => {
      text[stream] += String(chunk);
      for (const callback of more) if (typeof callback === "function") callback();
      return true;
    });
  const spies = [
    catching("stdout"),
    catching("stderr"),
    vi.spyOn(process, "exit").mockImplementation((code) => end(Number(code ?? 0)) as never),
  ];
  try {
    const file = join(root, "commands", `${task}.ts`);
    process.argv = [process.execPath, file, ...args];
    vi.resetModules();
    const exported: Record<string, unknown> = await import(/* @vite-ignore */ file);
    return { code: await ended, ...text, exported };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = argv;
    for (const added of process.stdout.listeners("error"))
      if (!listeners.includes(added)) process.stdout.off("error", added as () => void);
  }
}
