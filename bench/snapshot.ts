// What a copy of the catalog costs, and how long its readers wait while it is put in place: the first copy, and one that
// replaces it while somebody reads.
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { catalogTableNames } from "../db/schema/catalog-tables.ts";
import { copyIn, type Pair, startPair } from "../test/catalog/pair.ts";
import { migrateWithDrizzle, sourceOf } from "../test/database/migrated.ts";
import { fillCatalog } from "./catalog/data.ts";
import { describeMachine } from "./machine.ts";
import { table } from "./table.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** @param options.sailings rows of the largest table of the catalog that is copied */
export async function benchSnapshot({ sailings, json }: { sailings: number; json: boolean }): Promise<void> {
  const machine = describeMachine();
  const pair = await startPair({ timeoutSeconds: 60 });
  try {
    await fillCatalog(await pair.prod.connectAsPlatform(), sailings, say);
    const copies = await measure(pair);
    if (json) process.stdout.write(`${JSON.stringify({ machine, sailings, copies }, null, 2)}\n`);
    else report(copies, `${machine}\n${sailings} sailings\n`);
  } finally {
    await pair.remove();
  }
}

interface Copy {
  name: string;
  rows: number;
  seconds: number;
  /** The longest read of a client that reads without a pause. */
  waitedSeconds: number;
}

/** Copies twice into a database with a catalog of its own. */
async function measure({ cloud, prod, reader }: Pair): Promise<Copy[]> {
  const copy = await cloud.createDatabase("copy");
  await migrateWithDrizzle(copy);
  await copy.sql`select vault.create_secret(${reader.state.password}, 'fdw_password')`;
  const { options } = sourceOf(prod);
  const { snapshot, close } = copyIn(copy);
  const program = { projectRef: copy.ref, user: reader.state.user, vaultSecret: "fdw_password", options };
  const copies: Copy[] = [];
  for (const [index, name] of ["into empty tables", "over the copy before"].entries()) {
    const client = startReader(copy.connect());
    const began = performance.now();
    await snapshot.up({ ...program, tables: catalogTableNames, generation: index + 1 });
    const seconds = (performance.now() - began) / 1000;
    const rows = Object.values(snapshot.state.rows).reduce((sum, count) => sum + count, 0);
    copies.push({ name, rows, seconds, waitedSeconds: await client.stop() });
    say(`${name}: ${seconds.toFixed(1)} s`);
  }
  await close();
  return copies;
}

/** Reads until it is stopped; answers the seconds its longest read took. */
function startReader(sql: Sql): { stop(): Promise<number> } {
  let running = true;
  let longest = 0;
  const read = async (): Promise<void> => {
    await sql`set statement_timeout = 0`;
    for (; running; await sleep(20)) {
      const began = performance.now();
      await sql`select count(*) from catalog.cruise_lines`;
      longest = Math.max(longest, (performance.now() - began) / 1000);
    }
    await sql.end();
  };
  const reading = read();
  return {
    async stop() {
      running = false;
      await reading;
      return longest;
    },
  };
}

function report(copies: readonly Copy[], about: string): void {
  const rows = copies.map(({ name, rows: count, seconds, waitedSeconds }) => [
    name,
    String(count),
    seconds.toFixed(1),
    waitedSeconds.toFixed(1),
  ]);
  console.log(about);
  console.log(table(["copy", "rows", "whole copy, s", "readers wait, s"], rows));
}
