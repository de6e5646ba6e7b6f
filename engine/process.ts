import { readFileSync } from "node:fs";

/** Whether a process of this machine exists, also when it belongs to somebody else. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether `pid` is a running engine: its number may have passed to an unrelated program since a lock was written. */
export function isEngineAlive(pid: number): boolean {
  if (!isProcessAlive(pid)) return false;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return /^Name:\s+pulumi/m.test(status) && !/^State:\s+Z/m.test(status);
  } catch {
    return true;
  }
}
