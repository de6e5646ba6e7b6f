import { readFileSync } from "node:fs";
import { cloudLayout } from "../../local/layout.ts";

/** What one operation took. */
export interface Measured {
  readonly seconds: number;
  /** Processor time of this process and of all that it started and that has ended; undefined where the system does not tell. */
  readonly processorSeconds: number | undefined;
  /** Requests to the Management API, as the log of the local cloud has them: `GET /v1/projects`. */
  readonly calls: readonly string[];
}

/** Ticks of the processor a second, as Linux reports them to programs. */
const TICKS = 100;

/** Runs `work` and says what it took. */
export async function measured(dataDir: string, work: () => Promise<unknown>): Promise<Measured> {
  const [before, used, started] = [requests(dataDir).length, processorSeconds(), performance.now()];
  await work();
  const seconds = (performance.now() - started) / 1000;
  const now = processorSeconds();
  return {
    seconds,
    processorSeconds: now === undefined || used === undefined ? undefined : now - used,
    calls: requests(dataDir).slice(before),
  };
}

function requests(dataDir: string): string[] {
  const text = readFileSync(cloudLayout(dataDir).log, "utf8");
  return [...text.matchAll(/\b([A-Z]+ \/v1\/\S*) \d{3} \d+ ms/g)].map(([, call = ""]) => call);
}

/** User and system time with those of children that were waited for: fields 14 to 17 of proc(5)'s stat. */
function processorSeconds(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}
