import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { cloudLayout } from "../layout.ts";
import { type Network, readState } from "../state.ts";
import { findPgbouncer } from "./transaction-pooler.ts";

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

  test("an unknown tenant, and a user without one, get Supavisor's error", async () => {
    for (const user of [`postgres.${"a".repeat(20)}`, "postgres", "postgres."]) {
      const found = await failure(throughPooler(user)`select 1`);
      expect(found, user).toEqual({ code: "XX000", message: "Tenant or user not found" });
    }
  });

  test("a wrong password is Postgres' own error", async () => {
    const wrong = throughPooler(`postgres.${source.ref}`, { password: "wrong" });
    expect((await failure(wrong`select 1`)).code).toBe("28P01");
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

  test("drops startup options, as Supavisor does", async () => {
    const sql = throughPooler(`postgres.${source.ref}`, { connection: { options: "-c statement_timeout=7" } });
    expect(await sql`show statement_timeout`).toEqual([{ statement_timeout: "2min" }]);
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
