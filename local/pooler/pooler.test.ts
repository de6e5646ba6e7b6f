import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { cloudLayout } from "../layout.ts";
import { type Network, readState } from "../state.ts";
import { findPgbouncer } from "./transaction-pooler.ts";

const facts: { answers: { code: string | null; sqlstate: string }[] } = JSON.parse(
  await readFile(join(import.meta.dirname, "../../facts/platform-facts.json"), "utf8"),
).sessionPooler;
let cloud: TestCloud;
let source: TestProject;
let reader: TestProject;
let pooler: Network["pooler"];
let ca: string;
const pgbouncer = await findPgbouncer();
if (!pgbouncer) console.log("skipped: transaction pooler (PgBouncer is not installed)");

beforeAll(async () => {
  cloud = await openTestCloud();
  [source, reader] = await Promise.all([
    cloud.project({ name: "source" }),
    cloud.project({ name: "reader", organization: 1 }),
  ]);
  const state = await readState(cloudLayout(cloud.dataDir).state);
  if (!state) throw new Error("the cloud has no state");
  pooler = state.network.pooler;
  ca = await readFile(cloud.cloud.caCertificate, "utf8");
  const sql = cloud.connect(source);
  await sql`create table shared as select generate_series(1, 500) as id`;
  await sql`create role reader login password 'reader-password'`;
  await sql`grant select on shared to reader`;
});

afterAll(() => cloud.close());

function throughPooler(user: string, extra: Parameters<TestCloud["connect"]>[1] = {}) {
  return cloud.connect(source, { host: pooler.host, port: pooler.sessionPort, user, ...extra });
}

describe("session pooler", () => {
  test("routes user.ref, in plain and over TLS that verifies", async () => {
    const plain = throughPooler(`postgres.${source.ref}`);
    expect(await plain`select current_user as who, count(*)::int as n from shared`).toEqual([
      { who: "postgres", n: 500 },
    ]);
    const secure = throughPooler(`reader.${source.ref}`, {
      password: "reader-password",
      ssl: { ca, host: pooler.host, servername: "" },
    });
    expect(await secure`select current_user as who`).toEqual([{ who: "reader" }]);
  });

  test("direct connections verify against the authority of the cloud too", async () => {
    const direct = cloud.connect(source, { ssl: { ca, host: source.host, servername: "" } });
    const [row] = await direct`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`;
    expect(row?.ssl).toBe(true);
  });

  test("an unknown tenant, a user without one, and a role that is not there or may not log in get Supavisor's codes", async () => {
    const sql = cloud.connect(source);
    await sql`create role retired login password 'x' valid until '2020-01-01'`;
    const users = [
      [`postgres.${"a".repeat(20)}`, "ENOTFOUND"],
      ["postgres", "ENOIDENTIFIER"],
      ["postgres.", "ENOIDENTIFIER"],
      [`nosuchrole.${source.ref}`, "EAUTHQUERY"],
      [`anon.${source.ref}`, "EAUTHQUERY"],
      [`retired.${source.ref}`, "EAUTHQUERY"],
    ] as const;
    for (const [user, code] of users) {
      const answer = facts.answers.find((one) => one.code === code);
      const found = await failure(throughPooler(user, { password: "x" })`select 1`);
      expect(found.code, user).toBe(answer?.sqlstate);
      expect(found.message, user).toMatch(new RegExp(`^\\(${code}\\) `));
    }
  });

  test("a wrong password is Postgres' own error; ten of them block the address for the project", async () => {
    const wrong = () => failure(throughPooler(`postgres.${reader.ref}`, { password: "wrong" })`select 1`);
    for (let at = 0; at < 10; at++) expect((await wrong()).code).toBe("28P01");
    expect(await wrong()).toMatchObject({ code: "XX000", message: expect.stringMatching(/^\(ECIRCUITBREAKER\) /) });
    const right = cloud.connect(reader, { host: pooler.host, user: `postgres.${reader.ref}` });
    expect((await failure(right`select 1`)).message).toMatch(/^\(ECIRCUITBREAKER\) /);
    expect(await throughPooler(`postgres.${source.ref}`)`select 1 as up`).toEqual([{ up: 1 }]);
  });

  test("a full pool, and a startup packet that is too long, are refused", async () => {
    const size = 15;
    await cloud.connect(source)`create role crowd login password 'crowd-password'`;
    const clients = Array.from({ length: size }, () =>
      throughPooler(`crowd.${source.ref}`, { password: "crowd-password" }),
    );
    await Promise.all(clients.map((sql) => sql`select 1`));
    const more = () => throughPooler(`crowd.${source.ref}`, { password: "crowd-password" });
    expect((await failure(more()`select 1`)).message).toMatch(/^\(EMAXCONNSESSION\) .*pool_size: 15/);
    // Another role has a pool of its own, and a place that becomes free is taken.
    expect(await throughPooler(`postgres.${source.ref}`)`select 1 as up`).toEqual([{ up: 1 }]);
    await clients[0]?.end();
    expect(await more()`select 1 as up`).toEqual([{ up: 1 }]);
    await Promise.all(clients.map((sql) => sql.end()));
    const long = throughPooler(`postgres.${source.ref}`, { connection: { application_name: "x".repeat(1100) } });
    expect(await failure(long`select 1`)).toMatchObject({
      code: "08P01",
      message: expect.stringMatching(/^\(ESTARTUPPACKETTOOLARGE\) /),
    });
  });

  test("carries a session: prepared statements, large results, cancel requests", async () => {
    const sql = throughPooler(`postgres.${source.ref}`);
    await sql`select set_config('app.mark', 'kept', false)`;
    expect(await sql`select current_setting('app.mark') as mark`).toEqual([{ mark: "kept" }]);
    const [row] = await sql`select repeat('x', ${3_000_000}::int) as text`;
    expect(row?.text).toHaveLength(3_000_000);
    const sleeping = sql`select pg_sleep(30)`;
    const outcome = failure(sleeping);
    await sleep(200);
    sleeping.cancel();
    expect((await outcome).code).toBe("57014");
  });

  test("garbage, half packets and broken handshakes hurt no other client", async () => {
    const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
    const junk = [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.alloc(64, 255),
      sslRequest.subarray(0, 5),
      Buffer.alloc(0),
    ];
    for (const bytes of [...junk, ...junk.map((tail) => Buffer.concat([sslRequest, tail]))]) {
      await new Promise<void>((resolve) => {
        const socket = connect({ host: pooler.host, port: pooler.sessionPort }, () => socket.write(bytes));
        socket.on("error", () => undefined).once("close", () => resolve());
        socket.resume();
        setTimeout(() => socket.resetAndDestroy(), 30);
      });
    }
    expect(await throughPooler(`postgres.${source.ref}`)`select 1 as up`).toEqual([{ up: 1 }]);
  });

  test("drops every startup parameter but search_path, and names itself, as Supavisor does", async () => {
    const sent = { statement_timeout: 7, lock_timeout: 7, role: "anon", default_transaction_read_only: true };
    const named = { TimeZone: "Asia/Tokyo", client_connection_check_interval: 1000, application_name: "mine" };
    const sql = throughPooler(`postgres.${source.ref}`, {
      connection: { ...sent, ...named, options: "-c deadlock_timeout=7 -c search_path=vault,\\ public" },
    });
    const [row] = await sql`select current_user::text as role, current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock, current_setting('default_transaction_read_only') as read_only,
      current_setting('TimeZone') as zone, current_setting('client_connection_check_interval') as check_interval,
      current_setting('deadlock_timeout') as deadlock, current_setting('search_path') as search_path,
      current_setting('application_name') as name`;
    expect(row).toEqual({
      ...{ role: "postgres", statement: "2min", lock: "0", read_only: "off", zone: "UTC", check_interval: "0" },
      ...{ deadlock: "1s", search_path: "vault, public", name: "Supavisor - mine" },
    });
    expect(sql.parameters.application_name).toBe("Supavisor");
    // What one client left in its session is not found by the next.
    await sql`set statement_timeout = 9`;
    await sql`select pg_advisory_lock(9)`;
    await sql`create temp table left_behind ()`;
    await sql.end();
    const next = throughPooler(`postgres.${source.ref}`);
    expect(
      await next`select current_setting('statement_timeout') as statement, to_regclass('left_behind') as left`,
    ).toEqual([{ statement: "2min", left: null }]);
    expect(await next`select from pg_locks where locktype = 'advisory'`).toHaveLength(0);
    const byReference = throughPooler("postgres", { connection: { options: `reference=${source.ref}` } });
    expect(await byReference`select 1 as up`).toEqual([{ up: 1 }]);
  });
});

describe("postgres_fdw from one project to another", () => {
  test.each(["direct", "session pooler"])("%s, with SCRAM over TLS", async (way) => {
    const sql = cloud.connect(reader);
    const direct = way === "direct";
    const [host, port] = direct ? [source.host, source.port] : [pooler.host, pooler.sessionPort];
    const user = direct ? "reader" : `reader.${source.ref}`;
    const server = direct ? "s_direct" : "s_pooler";
    await sql.unsafe("create extension if not exists postgres_fdw with schema extensions");
    await sql.unsafe(`create server ${server} foreign data wrapper postgres_fdw
      options (host '${host}', port '${port}', dbname 'postgres', sslmode 'require')`);
    await sql.unsafe(
      `create user mapping for postgres server ${server} options (user '${user}', password 'reader-password')`,
    );
    await sql.unsafe(`create foreign table ${server}_shared (id int) server ${server} options (table_name 'shared')`);
    expect(await sql.unsafe(`select count(*)::int as n from ${server}_shared`)).toEqual([{ n: 500 }]);
    expect((await failure(sql.unsafe(`insert into ${server}_shared values (0)`))).code).toBe("42501");
  });
});

describe("transaction pooler", () => {
  test("without PgBouncer it refuses and says why", async () => {
    process.env.TAILFIRE_PGBOUNCER = "/nonexistent";
    const without = await openTestCloud().finally(() => delete process.env.TAILFIRE_PGBOUNCER);
    try {
      const project = await without.project({ name: "no-pgbouncer" });
      const place = (await readState(cloudLayout(without.dataDir).state))?.network.pooler;
      const port = place?.transactionPort;
      const sql = without.connect(project, { host: place?.host, port, user: `postgres.${project.ref}` });
      expect((await failure(sql`select 1`)).message).toMatch(/PgBouncer is not installed/);
      const health = await without.request({ path: `/v1/projects/${project.ref}/health?services=pg_bouncer` });
      expect(health.body).toMatchObject([
        { healthy: false, error: expect.stringMatching(/PgBouncer is not installed/) },
      ]);
    } finally {
      await without.close();
    }
  });

  test.skipIf(!pgbouncer)("with PgBouncer it serves both addresses, one backend per transaction", async () => {
    const shared = throughPooler(`postgres.${source.ref}`, { port: pooler.transactionPort, prepare: false });
    expect(await shared`select current_user as who`).toEqual([{ who: "postgres" }]);
    const dedicated = cloud.connect(source, { port: 6543, prepare: false });
    expect(await dedicated`select current_user as who`).toEqual([{ who: "postgres" }]);
    const clients = Array.from({ length: 30 }, () => cloud.connect(source, { port: 6543, prepare: false }));
    const pids = await Promise.all(clients.map((sql) => sql`select pg_backend_pid() as pid`));
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(15);
  });
});
