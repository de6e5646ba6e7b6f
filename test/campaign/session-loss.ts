import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the rounds of one client came to. All after `statements` are faults. */
export type Tally = {
  client: string;
  seed: number;
  rounds: number;
  /** Callers, and how many of them were told that they failed. */
  tasks: number;
  rejected: number;
  /** Labelled statements the server ran. */
  statements: number;
  /** Statements outside their identity, transaction or session, as the server's log has them. */
  strays: number;
  wrongRows: number;
  hangs: number;
  /** Rounds after which a pool did not answer on all its connections within three seconds. */
  unrecovered: number;
  uncaught: number;
  examples: string[];
};

export type Client = "product" | "plain" | "pg";

/** Random session losses against a client, in a process of their own, because what is looked for ends processes. */
export async function sessionLoss(options: {
  rounds: number;
  seed: number;
  client?: Client;
  only?: number | undefined;
  stop?: AbortSignal;
}): Promise<Tally> {
  const { rounds, seed, client = "product", only } = options;
  const main = join(import.meta.dirname, "session-loss/main.ts");
  const args = [
    "--import",
    "tsx",
    main,
    client,
    String(rounds),
    String(seed),
    ...(only === undefined ? [] : [String(only)]),
  ];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1e8, signal: options.stop });
  const tally = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Tally;
  const { strays, wrongRows, hangs, unrecovered, uncaught, examples } = tally;
  if (client === "product" && strays + wrongRows + hangs + unrecovered + uncaught > 0) {
    throw new Error(
      `Seed ${seed} did not hold: ${JSON.stringify({ ...tally, examples: undefined })}\n${examples.join("\n")}`,
    );
  }
  return tally;
}
