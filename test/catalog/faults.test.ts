import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorOf } from "../database/migrated.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let relay: Relay;
let client: Sql;
const read = "select count(*) from catalog.cruise_lines";

beforeAll(async () => {
  pair = await startPair();
  relay = await startRelay({ host: pair.prod.host, port: pair.prod.port });
  const set = `alter server prod_catalog options (set host '127.0.0.1', set port '${relay.port}')`;
  await pair.preview.sql.unsafe(set);
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

const readerSessions = async (): Promise<number> =>
  (await pair.prod.sql`select from pg_stat_activity where usename = 'fdw_catalog_ro_a'`).length;

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
  const [{ port } = { port: "" }] = await pair.preview.sql<{ port: string }[]>`
    select o.option_value as port from pg_foreign_server, pg_options_to_table(srvoptions) o where option_name = 'port'`;
  await pair.preview.sql.unsafe("alter server prod_catalog options (set port '1')");
  const { code, seconds } = await failure();
  expect(code).toBe("08001");
  expect(seconds).toBeLessThan(2);
  await pair.preview.sql.unsafe(`alter server prod_catalog options (set port '${port}')`);
  await client.unsafe(read);
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
  const stuck = await pair.preview.sql`
    select from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%cruise_lines%'`;
  expect(stuck).toHaveLength(0);
});

test("Production has no session of the reader left once its clients are gone", async () => {
  await client.end();
  await expect.poll(readerSessions, { timeout: 10_000 }).toBe(0);
});
