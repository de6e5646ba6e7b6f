import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process told apart from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever unit the platform gives; compared, never read. */
  started: string;
}

/** The identity of a running process; undefined when there is none, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" || fields[0] === "X" ? undefined : { pid, started: fields[19] ?? "" };
    }
    const line = execFileSync("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return line === "" || line.startsWith("Z") ? undefined : { pid, started: line.replace(/^\S+\s+/, "") };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** The command line of a process, or "" when it has gone. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Waits until a process has ended; false when it still runs after `timeoutMs`. */
async function waitForExit(options: { identity: ProcessIdentity; timeoutMs: number }): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs;
  while (isAlive(options.identity)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** Sends the signals one after the other, each with its time to act, until the process has ended. */
export async function endProcess(options: {
  identity: ProcessIdentity;
  steps: { signal: NodeJS.Signals; waitMs: number }[];
}): Promise<boolean> {
  for (const step of options.steps) {
    if (!isAlive(options.identity)) return true;
    try {
      process.kill(options.identity.pid, step.signal);
    } catch {
      return !isAlive(options.identity);
    }
    if (await waitForExit({ identity: options.identity, timeoutMs: step.waitMs })) return true;
  }
  return !isAlive(options.identity);
}
