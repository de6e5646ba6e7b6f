import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serverOptions } from "../../environment/server-options.ts";
import { errorOf } from "../database/migrated.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { type Pair, startPair } from "./pair.ts";
import { droppingSyn } from "./stand-in.ts";

let pair: Pair;
let relay: Relay;
let client: Sql;
const read = "select count(*) from catalog.cruise_lines";

beforeAll(async () => {
  pair = await startPair();
  relay = await startRelay({ host: pair.prod.host, port: pair.prod.port });
  await pair.prod.sql.unsafe(`
    create view catalog.slow as select 1 as id, pg_sleep(60)::text as pause;
    alter role fdw_catalog_ro_a set client_connection_check_interval = '1s';`);
  const publisher = { host: "127.0.0.1", port: relay.port, database: "postgres", sslmode: "require" };
  await pair.catalog.up(pair.catalogProgram({ options: serverOptions(publisher, "preview") }));
  await pair.preview.sql.unsafe(`
    create foreign table public.slow (id int, pause text) server prod_catalog options (schema_name 'catalog', table_name 'slow');
    grant select on public.slow to authenticated;`);
  client = pair.preview.connect();
  await client.unsafe("set role authenticated; set statement_timeout = '2s'");
});
afterAll(async () => {
  await relay?.stop();
  await pair?.remove();
});

/** Seconds until a read fails, and its SQLSTATE. */
async function failure(query = read): Promise<{ code: string; seconds: number }> {
  const began = performance.now();
  const { code } = await errorOf(client.unsafe(query));
  return { code, seconds: (performance.now() - began) / 1000 };
}

/** Another session as `authenticated`. */
async function session(statementTimeout: string): Promise<Sql> {
  const sql = pair.preview.connect();
  await sql.unsafe(`set role authenticated; set statement_timeout = '${statementTimeout}'`);
  return sql;
}

/** Points the server elsewhere: fails where a session that is stuck holds it. */
const reach = (port: number) =>
  pair.preview.sql.unsafe(`begin; set local lock_timeout = '1s';
    alter server prod_catalog options (set port '${port}'); commit`);

const sessionsOfReader = (state = "%") =>
  pair.prod.sql`select from pg_stat_activity where usename = 'fdw_catalog_ro_a' and state like ${state}`;
const readerSessions = async (): Promise<number> => (await sessionsOfReader()).length;

/** Fails while a session of the preview, or one of the reader on Production, still works or waits. */
async function nothingStays(): Promise<void> {
  const busy = async (sql: Sql, user: string) =>
    (
      await sql`select query from pg_stat_activity where usename like ${user} and state <> 'idle' and pid <> pg_backend_pid()
        union all select locktype from pg_locks where not granted`
    ).map((row) => row.query);
  await expect.poll(() => busy(pair.preview.sql, "postgres"), { timeout: 5000 }).toEqual([]);
  await expect.poll(() => busy(pair.prod.sql, "fdw_catalog_ro%"), { timeout: 5000 }).toEqual([]);
}

test("a session that Production ended between two reads is replaced unseen", async () => {
  await client.unsafe(read);
  await pair.prod.sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'fdw_catalog_ro_a'`;
  await client.unsafe(read);
});

test("a connection lost inside a transaction fails it at once; the same session reads again", async () => {
  await client.unsafe(`begin; ${read}`);
  relay.cut();
  const { code, seconds } = await failure();
  expect(code).toMatch(/^(08006|57P01|XX000)$/);
  expect(seconds).toBeLessThan(2);
  await client.unsafe("rollback");
  await client.unsafe(read);
});

test("a publisher that nothing reaches is refused at once, and read again when it is back", async () => {
  await reach(1);
  const { code, seconds } = await failure();
  expect(code).toBe("08001");
  expect(seconds).toBeLessThan(2);
  await nothingStays();
  await reach(relay.port);
  await client.unsafe(read);
});

test("a connection lost in the middle of a query fails it at once, and the query ends on Production too", async () => {
  const busy = await session("60s");
  const failing = errorOf(busy.unsafe("select * from public.slow"));
  await expect.poll(async () => (await sessionsOfReader("active")).length, { timeout: 10_000 }).toBe(1);
  const began = performance.now();
  relay.cut();
  expect((await failing).code).toMatch(/^(08006|57P01|XX000)$/);
  expect(performance.now() - began).toBeLessThan(2000);
  await nothingStays();
  await busy.unsafe(read);
  await busy.end();
});

test("Production goes down in the middle of a query, is refused while it is down, and read again when it is up", {
  timeout: 120_000,
}, async () => {
  const busy = await session("60s");
  const failing = errorOf(busy.unsafe("select * from public.slow"));
  await expect.poll(async () => (await sessionsOfReader("active")).length, { timeout: 10_000 }).toBe(1);
  await pair.cloud.stopProject(pair.prod.ref);
  expect((await failing).code).toMatch(/^(57P01|08006)$/);
  const { code, seconds } = await failure();
  expect(code).toBe("08001");
  expect(seconds).toBeLessThan(2);
  await pair.cloud.startProject(pair.prod.ref);
  await nothingStays();
  for (const sql of [client, busy]) await sql.unsafe(read);
  await busy.end();
});

test("a network that drops every SYN is given up after tcp_user_timeout, 5 s", { timeout: 60_000 }, async () => {
  const network = await droppingSyn();
  await reach(network.port);
  await client.unsafe("set statement_timeout = '30s'");
  const { code, seconds } = await failure();
  expect(code).toBe("08001");
  expect(seconds).toBeGreaterThan(4);
  expect(seconds).toBeLessThan(8);
  await nothingStays();
  await reach(relay.port);
  await client.unsafe(`set statement_timeout = '2s'; ${read}`);
  await network.stop();
});

test("a session whose client is gone while Production is silent ends with its statement_timeout", async () => {
  const gone = await session("3s");
  const [{ pid } = { pid: 0 }] = await gone<{ pid: number }[]>`select pg_backend_pid() as pid`;
  relay.silence(true);
  gone.unsafe(read).catch(() => undefined);
  const there = async () =>
    (await pair.preview.sql`select from pg_stat_activity where pid = ${pid} and state = 'active'`).length;
  await expect.poll(there).toBe(1);
  await gone.end({ timeout: 0 });
  await expect.poll(there, { timeout: 6000 }).toBe(0);
  relay.silence(false);
  relay.cut();
  await nothingStays();
});

test("a publisher that falls silent ends in the statement's time-out; nothing stays behind", {
  timeout: 120_000,
}, async () => {
  await client.unsafe(read);
  relay.silence(true);
  const { code, seconds } = await failure();
  expect(code).toBe("57014");
  expect(seconds).toBeLessThan(4);
  const began = performance.now();
  await client`select 1`;
  expect((performance.now() - began) / 1000).toBeLessThan(2);
  relay.silence(false);
  await client.unsafe(read);
  relay.cut();
  await nothingStays();
});

test("Production has no session of the reader left once its clients are gone", async () => {
  await client.end();
  await expect.poll(readerSessions, { timeout: 10_000 }).toBe(0);
});
