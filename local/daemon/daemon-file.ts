import { readFile } from "node:fs/promises";
import { isAlive, type ProcessIdentity } from "./process.ts";

/** How the commands reach a running daemon. */
export interface DaemonFile extends ProcessIdentity {
  endpoint: string;
  adminToken: string;
}

/** The daemon that runs a cloud; undefined when none does, also when a killed one left its file. */
export async function readDaemon(file: string): Promise<DaemonFile | undefined> {
  try {
    const daemon = JSON.parse(await readFile(file, "utf8")) as DaemonFile;
    return isAlive(daemon) ? daemon : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
