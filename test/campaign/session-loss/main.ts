import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { startCluster } from "../../support/cluster.ts";
import { startRelay } from "../../support/relay.ts";
import { nodePostgres, plain, product } from "./clients.ts";
import { loggingTo, ServerLog } from "./oracle.ts";
import { round } from "./round.ts";
import { runRound } from "./run.ts";

// node --import tsx test/campaign/session-loss/main.ts CLIENT ROUNDS SEED [ONE ROUND]: a process of its own, because what is looked
// for ends processes. Prints one line of JSON.
const clients = { product, plain, pg: nodePostgres };
const [name = "product", rounds = "20", seed = "1", only] = process.argv.slice(2);
const open = clients[name as keyof typeof clients];

const uncaught: string[] = [];
const note = (error: unknown) => uncaught.push(error instanceof Error ? `${error.stack}` : String(error));
process.on("uncaughtException", note);
process.on("unhandledRejection", note);

const folder = await mkdtemp(join(tmpdir(), "session-loss-"));
const cluster = await startCluster({ settings: loggingTo(folder) });
const relay = await startRelay({ port: cluster.port });
const url = new URL(cluster.url());
url.port = String(relay.port);
await cluster.admin.unsafe(`create role authenticated; create table act (label text, role text default current_user,
  claims text default current_setting('request.jwt.claims', true)); grant insert on act to authenticated`);

const bench = { admin: cluster.admin, relay, url: url.href, log: new ServerLog(folder), open };
const total = { rounds: 0, tasks: 0, rejected: 0, statements: 0, strays: 0, wrongRows: 0, hangs: 0, unrecovered: 0 };
const examples: string[] = [];
// Ended from outside: after this round, so that the cluster is stopped.
let asked = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => (asked = true));
try {
  for (const [index, one] of fc.sample(round, { numRuns: Number(rounds), seed: Number(seed) }).entries()) {
    if (asked) break;
    if (only !== undefined && index !== Number(only)) continue;
    const { tasks, rejected, statements, ...found } = await runRound(bench, one, String(index));
    total.rounds++;
    total.tasks += tasks;
    total.rejected += rejected;
    total.statements += statements;
    for (const [kind, list] of Object.entries(found) as [keyof typeof found, string[]][]) {
      total[kind] += list.length;
      for (const line of list.slice(0, 2)) if (examples.length < 20) examples.push(`round ${index}: ${kind}: ${line}`);
    }
  }
} finally {
  await relay.stop();
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
for (const line of uncaught.slice(0, 5)) examples.push(`uncaught: ${line}`);
console.log(JSON.stringify({ client: name, seed: Number(seed), ...total, uncaught: uncaught.length, examples }));
process.exit(0);
