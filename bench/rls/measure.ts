import type { Sql } from "postgres";

/** What two forms of one query took, in milliseconds at the client. */
export interface Measured {
  readonly policedMs: number;
  readonly explicitMs: number;
  /** Median of policed over median of explicit. */
  readonly ratio: number;
  /** The same of the fastest tenth: what is left when nothing else runs on the machine. */
  readonly quietRatio: number;
  readonly policedPlan: string;
}

const quantile = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
const median = (values: number[]) => quantile(values, 0.5);

async function time(sql: Sql, text: string): Promise<number> {
  const started = performance.now();
  await sql.unsafe(text, [], { prepare: true });
  return performance.now() - started;
}

/** The median time of a query, after warming up. */
export async function medianOf(sql: Sql, text: string, rounds: number): Promise<number> {
  for (let round = 0; round < 3; round += 1) await time(sql, text);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await time(sql, text));
  return median(times);
}

/** Runs both forms in turn, so that what else the machine does falls on both. */
export async function compare(options: {
  readonly policed: { readonly sql: Sql; readonly text: string };
  readonly explicit: { readonly sql: Sql; readonly text: string };
  readonly rounds: number;
}): Promise<Measured> {
  const { policed, explicit, rounds } = options;
  for (let round = 0; round < 10; round += 1) {
    await time(policed.sql, policed.text);
    await time(explicit.sql, explicit.text);
  }
  const times: { policed: number[]; explicit: number[] } = { policed: [], explicit: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.policed.push(await time(policed.sql, policed.text));
    times.explicit.push(await time(explicit.sql, explicit.text));
  }
  const [policedMs, explicitMs] = [median(times.policed), median(times.explicit)];
  return {
    policedMs,
    explicitMs,
    ratio: policedMs / explicitMs,
    quietRatio: quantile(times.policed, 0.1) / quantile(times.explicit, 0.1),
    policedPlan: await planOf(policed.sql, policed.text),
  };
}

/** The plan as it ran: nodes, indexes, how often each was entered, and the server's own time. */
export async function planOf(sql: Sql, text: string): Promise<string> {
  const rows = await sql.unsafe(`explain (analyze, costs off, timing off, summary on) ${text}`);
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}
