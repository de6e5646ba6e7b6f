import { apply, runMigrations } from "../../db/migrate.ts";
import { startCluster } from "../support/cluster.ts";
import { openBench } from "../support/database.ts";
import { writeMigrationSet } from "./migration-set.ts";
import { faults } from "./oracle.ts";
import { random } from "./random.ts";

const runners = 8;

/** Starts 8 runners at once per round, on an empty or a part-migrated database. Throws for the first round that is wrong. */
export async function migrateRace(options: {
  rounds: number;
  seed: number;
  report?: (line: string) => void;
  stop?: AbortSignal;
}): Promise<void> {
  const next = random(options.seed);
  const cluster = await startCluster();
  try {
    for (let round = 1; round <= options.rounds; round++) {
      options.stop?.throwIfAborted();
      const bench = await openBench(cluster);
      try {
        const count = 3 + Math.floor(next() * 8);
        const log = await writeMigrationSet(bench.made, { count, outside: round % 5 === 0 });
        const before = round % 2 === 0 ? Math.floor(next() * count) : 0;
        if (before > 0) await migratePart(bench, before);
        const runs = Array.from({ length: runners }, () => runMigrations(bench.url, { folder: bench.made.folder }));
        const applied = (await Promise.all(runs)).flatMap((result) => result.applied.map(({ tag }) => tag));
        const found = await faults(bench, log);
        if (applied.length !== count - before) found.push(`the runners applied ${applied.length} of ${count - before}`);
        if (found.length > 0) throw new Error(`Round ${round} of seed ${options.seed}: ${found.join("; ")}`);
        options.report?.(`round ${round}: ${count} migrations, ${before} before, ${runners} runners, once each`);
      } finally {
        await bench.close();
      }
    }
  } finally {
    await cluster.stop();
  }
}

async function migratePart(bench: Awaited<ReturnType<typeof openBench>>, count: number): Promise<void> {
  const { readMigrations } = await import("../../db/migrate.ts");
  const tags = (await readMigrations(bench.made.folder)).map(({ tag }) => tag);
  await bench.made.list(tags.slice(0, count));
  await apply(bench.sql, { folder: bench.made.folder });
  await bench.made.list(tags);
}
