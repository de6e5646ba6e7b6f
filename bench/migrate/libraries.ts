import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@graphile/logger";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { migrate as graphileMigrate } from "graphile-migrate";
import { runner } from "node-pg-migrate";
import pg from "pg";
import postgres from "postgres";
import { apply } from "../../db/migrate.ts";
import type { MigrationSet } from "./sets.ts";

/** Runs one tool over one set and returns milliseconds; connecting is not included where the tool takes a connection. */
export type Library = { name: string; note?: string; run(url: string, set: MigrationSet): Promise<number> };

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function withPostgres(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`select 1`;
    return await timed(() => work(sql));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const silent = new Logger(() => () => {});

export const ours: Library = {
  name: "this runner",
  run: (url, set) => withPostgres(url, (sql) => apply(sql, { folder: set.drizzle })),
};

const drizzleOrm: Library = {
  name: "drizzle-orm",
  run: (url, set) => withPostgres(url, (sql) => migrate(drizzle(sql), { migrationsFolder: set.drizzle })),
};

const graphile: Library = {
  name: "graphile-migrate",
  note: "opens its own connection, which is included",
  async run(url, set) {
    const migrationsFolder = join(set.graphile, "migrations");
    const took = await timed(() => graphileMigrate({ connectionString: url, migrationsFolder, logger: silent }));
    // It keeps its connection for 200 ms and ends the process when somebody else closes it.
    await sleep(300);
    return took;
  },
};

const nodePgMigrate: Library = {
  name: "node-pg-migrate",
  note: "all files in one transaction, its default",
  async run(url, set) {
    const dbClient = new pg.Client({ connectionString: url });
    await dbClient.connect();
    try {
      const options = { direction: "up", count: Number.POSITIVE_INFINITY, migrationsTable: "pgmigrations" } as const;
      const schema = { migrationsSchema: "node_pg_migrate", createMigrationsSchema: true };
      return await timed(() =>
        runner({ dbClient, dir: set.nodePgMigrate, log: () => {}, verbose: false, ...options, ...schema }),
      );
    } finally {
      await dbClient.end();
    }
  },
};

export const peers: Library[] = [drizzleOrm, graphile, nodePgMigrate];

/** psql with BEGIN/COMMIT around each file, timed by the server's clock from the first statement to the last. */
export function psqlFloor(url: string, set: MigrationSet, files: string[]): number {
  const script = join(set.folder, "floor.sql");
  const body = files.map((file) => `begin;\n\\i ${file}\ncommit;`);
  const ledger = files.length === 0 ? "select 1;" : "";
  writeFileSync(
    script,
    `\\set ON_ERROR_STOP on\nselect clock_timestamp() as began \\gset\n${body.join("\n")}${ledger}\n` +
      "select 'took ' || extract(epoch from clock_timestamp() - :'began'::timestamptz) * 1000;\n",
  );
  const { stdout, stderr, status } = spawnSync("psql", ["-X", "-q", "-t", "-A", "-d", url, "-f", script], {
    encoding: "utf8",
  });
  const took = /^took ([\d.]+)$/m.exec(stdout)?.[1];
  if (status !== 0 || !took) throw new Error(`psql ended with ${status}: ${stderr}`);
  return Number(took);
}
