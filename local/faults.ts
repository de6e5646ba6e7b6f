import type { AskedFault } from "./api/context.ts";
import { ask, requireDaemon } from "./daemon/client.ts";

interface Where {
  readonly dataDir: string;
}

/**
 * Lets the next `left` calls of an operation fail, until the daemon stops. @returns all that are asked for now
 * @throws Error where no local cloud runs, or it serves no such operation
 */
export async function askFault(options: Where & { readonly fault: AskedFault }): Promise<readonly AskedFault[]> {
  return ask(await requireDaemon(options), "POST", "/faults", options.fault);
}

/** The faults that calls will still meet, oldest first. */
export async function listFaults(options: Where): Promise<readonly AskedFault[]> {
  return ask(await requireDaemon(options), "GET", "/faults");
}

/** Takes all of them back. @returns what was taken back */
export async function clearFaults(options: Where): Promise<readonly AskedFault[]> {
  return ask(await requireDaemon(options), "DELETE", "/faults");
}
