import type { AskedFault } from "../../local/api/context.ts";
import { NotTakenError } from "../../local/daemon/client.ts";
import { askFault, clearFaults, listFaults } from "../../local/faults.ts";
import { UsageError, wholeNumber } from "./arguments.ts";

interface Wanted {
  readonly dataDir: string;
  /** An operation, "list" or "clear". */
  readonly word: string;
  readonly fault: Pick<AskedFault, "status" | "left" | "after">;
}

/** What is said of it. */
interface Told {
  readonly text: string;
  readonly json: object;
  readonly ending: "done";
}

/** Asks a running cloud for faults, lists them or takes them back, and says which there are. */
export async function fault({ dataDir, word, fault: asked }: Wanted): Promise<Told> {
  const faults =
    word === "list"
      ? await listFaults({ dataDir })
      : word === "clear"
        ? await clearFaults({ dataDir })
        : await askFault({ dataDir, fault: { ...asked, operation: word } }).catch((error: unknown) => {
            throw error instanceof NotTakenError ? new UsageError(error.message) : error;
          });
  const lines = faults.map(
    ({ operation, status, left, after }) =>
      `${operation}: ${left} ${left === 1 ? "call" : "calls"}, ${status}${after ? " after it took effect" : ""}`,
  );
  const text = lines.length === 0 ? "No faults." : [...(word === "clear" ? ["Taken back:"] : []), ...lines].join("\n");
  return { text, json: { faults }, ending: "done" };
}

/** 400 to 599, or reset. @throws UsageError for another */
export function faultStatus(text: string): AskedFault["status"] {
  if (text === "reset") return text;
  const status = wholeNumber("status", text, 400);
  if (status > 599) throw new UsageError(`--status takes 400 to 599 or reset, not "${text}"`);
  return status;
}
