import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { readerRole } from "../../providers/database/reader-role.provider.ts";
import { configurationOf, Driven, type DrivenOf } from "../support/provider-call.ts";
import { joinTestCloud, type TestCloud, type TestDatabase } from "../support/test-cloud.ts";

const READ = "select count(*), max(name) from catalog.thing where id % 7 = 3";

/** A publisher, and previews that read it: databases of one cluster, each with a server and a mapping of its own. */
export interface Fleet {
  readonly prod: TestDatabase;
  /** Brings the reader to these limits. */
  limit(limits: object): Promise<void>;
  /** One session in preview number `preview`. */
  session(preview: number): Sql;
  /** Sessions of the reader that Production has now. */
  readers(): Promise<number>;
  remove(): Promise<void>;
}

/** Starts it. `maxConnections` is what both clusters accept; the platform's smallest size, 60, where it is not given. */
export async function startFleet(options: {
  previews: number;
  limits?: object;
  maxConnections?: number;
}): Promise<Fleet> {
  const cloud = await joinTestCloud();
  const [prod, host] = await Promise.all([cloud.createDatabase("prod"), cloud.createDatabase("previews")]);
  const config = configurationOf(prod);
  const reader = new Driven(readerRole, config);
  const limit = async (limits: object) => void (await reader.up({ projectRef: prod.ref, ...limits }));
  if (options.maxConnections) {
    for (const { ref } of [prod, host]) await allowConnections(cloud, ref, options.maxConnections);
  }
  await prod.sql.unsafe(`
    create schema catalog;
    create table catalog.thing as select n as id, 'thing ' || n as name from generate_series(1, 2000) n;
    alter table catalog.thing set (autovacuum_enabled = false);`);
  await limit(options.limits ?? {});
  await createPreviews({ host, prod, reader, count: options.previews });
  return {
    prod,
    limit,
    session: (preview) => host.connect({ database: `preview_${preview}` }),
    readers: async () => (await prod.sql`select from pg_stat_activity where usename like 'fdw_catalog_ro%'`).length,
    async remove() {
      await config.database?.close();
      await cloud.remove();
    },
  };
}

async function allowConnections(cloud: TestCloud, ref: string, count: number): Promise<void> {
  const { endpoint, token } = cloud.management;
  const response = await fetch(`${endpoint}/v1/projects/${ref}/config/database/postgres`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ max_connections: count }),
  });
  if (!response.ok) throw new Error(`Raising max_connections of ${ref}: ${response.status} ${await response.text()}`);
}

async function createPreviews(options: {
  host: TestDatabase;
  prod: TestDatabase;
  reader: DrivenOf<typeof readerRole>;
  count: number;
}): Promise<void> {
  const { host, prod, reader, count } = options;
  const { user, password } = reader.state;
  await host.sql.unsafe("create database preview_0");
  // A wrapper of a further database belongs to the platform's superuser.
  const first = await host.connectAsPlatform({ database: "preview_0" });
  await first.unsafe(`
    create schema catalog;
    create extension postgres_fdw;
    create server prod_catalog foreign data wrapper postgres_fdw
      options (host '${prod.host}', port '${prod.port}', dbname 'postgres', sslmode 'require', fetch_size '1000');
    create user mapping for postgres server prod_catalog options (user '${user}', password '${password}');
    create foreign table catalog.thing (id int, name text) server prod_catalog;
    grant usage on schema catalog to postgres;
    grant select on all tables in schema catalog to postgres;`);
  await first.end();
  for (let preview = 1; preview < count; preview += 1) {
    await host.sql.unsafe(`create database preview_${preview} template preview_0`);
  }
}

/** What a load came to. */
export interface Tally {
  sessions: number;
  answered: number;
  /** How often each error was answered, without addresses. */
  errors: Record<string, number>;
  /** Most sessions of the reader at once. */
  peak: number;
  seconds: number;
}

/** Opens `backends` sessions in each of `previews`, and has each read `reads` times, all at once. Leaves them open. */
export async function readAtOnce(
  fleet: Fleet,
  options: { previews: number; backends: number; reads: number; pause: () => number },
): Promise<Tally & { sessions: number; open: Sql[] }> {
  const { previews, backends, reads, pause } = options;
  const open = Array.from({ length: previews * backends }, (_, index) => fleet.session(index % previews));
  const tally = { sessions: open.length, answered: 0, errors: {} as Record<string, number>, peak: 0 };
  const began = performance.now();
  await Promise.all(open.map((sql) => sql`select 1`));
  const one = async (sql: Sql): Promise<void> => {
    for (let read = 0; read < reads; read += 1) {
      try {
        await sql.unsafe(READ);
        tally.answered += 1;
      } catch (error) {
        const said = describe(error);
        tally.errors[said] = (tally.errors[said] ?? 0) + 1;
      }
      await sleep(pause());
    }
  };
  let running = true;
  const look = async (): Promise<void> => {
    tally.peak = Math.max(tally.peak, await fleet.readers());
  };
  const watch = async (): Promise<void> => {
    for (; running; await sleep(50)) await look();
  };
  const watching = watch();
  await Promise.all(open.map(one));
  // The last sessions may have begun since the last look.
  await look();
  running = false;
  await watching;
  return { ...tally, open, seconds: (performance.now() - began) / 1000 };
}

/** SQLSTATE, and what the publisher said behind the address. */
function describe(error: unknown): string {
  const { code, detail } = error as { code?: string; detail?: string };
  const said = /FATAL: +(.*)/.exec(detail ?? "")?.[1] ?? (error instanceof Error ? error.message : String(error));
  return `${code}: ${said}`;
}

/** Rows that a vacuum of Production cannot remove because somebody may still see them. */
export async function heldBack(fleet: Fleet): Promise<number> {
  const notices: string[] = [];
  const sql = fleet.prod.connect({ onnotice: ({ message = "" }) => void notices.push(message) });
  await sql`vacuum (verbose) catalog.thing`;
  await sql.end();
  const held = notices.flatMap((text) => [...text.matchAll(/(\d+) are dead but not yet removable/g)]);
  if (held.length === 0) throw new Error("VACUUM VERBOSE says nothing about dead rows");
  return held.reduce((sum, [, rows]) => sum + Number(rows), 0);
}
