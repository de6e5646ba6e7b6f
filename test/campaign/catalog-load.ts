import { readAtOnce, startFleet, type Tally } from "../catalog/load.ts";
import { random } from "./random.ts";

const PREVIEWS = 50;
const BACKENDS = 10;
/** The reader's connectionLimit where none is chosen. */
const DEFAULT_LIMIT = 30;

/**
 * 50 previews with 10 sessions each read at once, each session `rounds` times: with the default limit of the reader, to see
 * from which load on it refuses, and with a limit that admits them all, where no client may get an error.
 */
export async function catalogLoad(options: {
  rounds: number;
  seed: number;
  report?: (line: string) => void;
  stop?: AbortSignal;
}): Promise<Record<string, unknown>> {
  const { rounds: reads, seed, report = () => {} } = options;
  const next = random(seed);
  const pause = () => Math.floor(next() * 100);
  const sessions = PREVIEWS * BACKENDS;
  const limits = { idleSessionTimeoutSeconds: 5 };
  const fleet = await startFleet({ previews: PREVIEWS, limits, maxConnections: sessions + 60 });
  const found: Record<string, Omit<Tally, "seconds">> = {};
  const load = async (name: string, size: { previews: number; backends: number }): Promise<Tally> => {
    options.stop?.throwIfAborted();
    const { open, ...tally } = await readAtOnce(fleet, { ...size, reads, pause });
    await Promise.all(open.map((sql) => sql.end()));
    while ((await fleet.readers()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    report(`${name}: ${JSON.stringify(tally)}, and none left`);
    found[name] = tally;
    return tally;
  };
  try {
    const full = await load("default limit, 3 previews x 10", { previews: 3, backends: BACKENDS });
    const over = await load("default limit, 4 previews x 10", { previews: 4, backends: BACKENDS });
    await fleet.limit({ ...limits, connectionLimit: sessions });
    const all = await load("a limit of 500, 50 previews x 10", { previews: PREVIEWS, backends: BACKENDS });
    for (const { errors } of [full, all]) {
      if (Object.keys(errors).length > 0) throw new Error(`Readers got errors: ${JSON.stringify(errors)}`);
    }
    if (over.peak > DEFAULT_LIMIT) throw new Error(`${over.peak} sessions passed a limit of ${DEFAULT_LIMIT}`);
    const strange = Object.keys(over.errors).filter((text) => !text.startsWith("08001: too many connections for role"));
    if (strange.length > 0) throw new Error(`Refused for another reason: ${strange.join("; ")}`);
    return found;
  } finally {
    await fleet.remove();
  }
}
