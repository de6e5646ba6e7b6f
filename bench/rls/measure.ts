import type { Sql } from "postgres";

/** Planned again each time, as through a transaction pooler, or once for a connection. */
export type Protocol = "simple" | "prepared";

/** What two forms of one query took, in milliseconds at the client. */
export interface Measured {
  readonly policedMs: number;
  readonly explicitMs: number;
  /** Median of policed over median of explicit. */
  readonly ratio: number;
  /** The same of the fastest tenth: what is left when nothing else runs on the machine. */
  readonly quietRatio: number;
}

const quantile = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
const median = (values: number[]) => quantile(values, 0.5);

async function time(sql: Sql, text: string, protocol: Protocol): Promise<number> {
  const started = performance.now();
  // postgres.js prepares a query without parameters only where it is told twice; its types know one of the two.
  const options = { prepare: true, simple: protocol === "simple" };
  await sql.unsafe(text, [], options);
  return performance.now() - started;
}

/** The median time of a query, after warming up. */
export async function medianOf(sql: Sql, text: string, rounds: number): Promise<number> {
  for (let round = 0; round < 3; round += 1) await time(sql, text, "simple");
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await time(sql, text, "simple"));
  return median(times);
}

/** Runs both forms in turn, each as often the first, so that what else the machine does and warm caches fall on both. */
export async function compare(options: {
  readonly policed: { readonly sql: Sql; readonly text: string };
  readonly explicit: { readonly sql: Sql; readonly text: string };
  readonly rounds: number;
  readonly protocol: Protocol;
}): Promise<Measured> {
  const { policed, explicit, rounds, protocol } = options;
  const times: { policed: number[]; explicit: number[] } = { policed: [], explicit: [] };
  const run = {
    policed: async () => times.policed.push(await time(policed.sql, policed.text, protocol)),
    explicit: async () => times.explicit.push(await time(explicit.sql, explicit.text, protocol)),
  };
  const warming = 10;
  for (let round = 0; round < rounds + warming; round += 1) {
    if (round === warming) times.policed.length = times.explicit.length = 0;
    for (const form of round % 2 ? (["policed", "explicit"] as const) : (["explicit", "policed"] as const))
      await run[form]();
  }
  const [policedMs, explicitMs] = [median(times.policed), median(times.explicit)];
  return {
    policedMs,
    explicitMs,
    ratio: policedMs / explicitMs,
    quietRatio: quantile(times.policed, 0.1) / quantile(times.explicit, 0.1),
  };
}

/** The plan as it ran: nodes, indexes, how often each was entered, and the server's own time. */
export async function planOf(sql: Sql, text: string): Promise<string> {
  const rows = await sql.unsafe(`explain (analyze, costs off, timing off, summary on) ${text}`);
  return rows.map((row) => `    ${row["QUERY PLAN"]}`).join("\n");
}
