import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { apply, type ProgressEvent } from "../migrate.ts";
import { migrationLockKey } from "./lock.ts";

test("a held lock is waited for and then named: application, pid, since when, what it runs", async () => {
  await bench.made.add("0001_t", "create table t (id int);");
  const holder = bench.connect({ connection: { application_name: "the other deploy" } });
  await holder.unsafe(`select pg_advisory_lock(${migrationLockKey})`);
  const [{ pid } = { pid: 0 }] = await holder`select pg_backend_pid() as pid`;
  const events: ProgressEvent[] = [];
  const refused = apply(bench.sql, {
    folder: bench.made.folder,
    lockWaitMs: 400,
    onProgress: (event) => events.push(event),
  });
  await expect(refused).rejects.toMatchObject({ code: "lock-timeout" });
  await expect(refused).rejects.toThrow(
    new RegExp(`"the other deploy" \\(pid ${pid}, role postgres\\), connected since 20.*select pg_backend_pid\\(\\)`),
  );
  expect(events).toMatchObject([{ kind: "waiting", holder: { pid, application: "the other deploy" } }]);
  await holder`set application_name = 'Supavisor - db:migrate of main'`;
  const pooled = apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 100 });
  await expect(pooled).rejects.toThrow(
    /the client "db:migrate of main" of the session pooler \(pid \d+, role postgres, the pooler's session since/,
  );
  const waiting = apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 10_000 });
  await sleep(200);
  await holder.unsafe(`select pg_advisory_unlock(${migrationLockKey})`);
  expect((await waiting).applied).toHaveLength(1);
});

test("a login that only reads cannot keep migrations waiting; one that may write the ledger is waited for", async () => {
  await bench.made.add("0001_t", "create table t (id int);");
  await apply(bench.sql, { folder: bench.made.folder });
  await bench.made.add("0002_u", "create table u (id int);");
  await bench.sql.unsafe(`
    drop role if exists only_reads; create role only_reads login password 'x';
    drop role if exists deploys; create role deploys login password 'x';
    grant usage on schema drizzle to deploys; grant insert on drizzle.__drizzle_migrations to deploys`);
  const reader = bench.connect({ user: "only_reads", password: "x" });
  await reader.unsafe(`select pg_advisory_lock(${migrationLockKey})`);
  expect((await apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 10_000 })).applied).toHaveLength(1);
  expect(await bench.sql`select from pg_stat_activity where usename = 'only_reads'`).toHaveLength(0);
  const deploy = bench.connect({ user: "deploys", password: "x" });
  await deploy.unsafe(`select pg_advisory_lock(${migrationLockKey})`);
  await bench.made.add("0003_v", "create table v (id int);");
  const refused = apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 300 });
  await expect(refused).rejects.toThrow(/role deploys/);
  await Promise.all([reader.end(), deploy.end()]);
  await bench.sql.unsafe("drop owned by deploys; drop role deploys; drop role only_reads");
});

test("stops before the next statement when its connection is lost, and the next run goes on", async () => {
  await bench.made.add("0001_a", "create table a (id int);");
  await bench.made.add(
    "0002_b",
    "create table b (id int);\nselect pg_terminate_backend(pg_backend_pid());\ncreate table c (id int);",
  );
  await bench.made.add("0003_d", "create table d (id int);");
  await expect(apply(bench.sql, { folder: bench.made.folder })).rejects.toMatchObject({ code: "connection-lost" });
  for (const [table, there] of [
    ["a", true],
    ["b", false],
    ["c", false],
    ["d", false],
  ] as const)
    expect(await bench.has(table)).toBe(there);
  expect(await bench.locks()).toBe(0);
  await bench.made.write("0002_b", "create table b (id int);");
  expect((await apply(bench.sql, { folder: bench.made.folder })).applied).toHaveLength(2);
});

test("never queues the application behind it: gives way on lock_timeout and comes again", async () => {
  await bench.made.add("0001_t", "create table t (id int);");
  await apply(bench.sql, { folder: bench.made.folder });
  await bench.made.add("0002_alter", "-- migrate: lock-timeout 100ms\nalter table t add column n int;");
  const reader = bench.connect();
  await reader.unsafe("begin; select * from t");
  const retries: number[] = [];
  const running = apply(bench.sql, {
    folder: bench.made.folder,
    onProgress: (event) => event.kind === "retry" && retries.push(event.attempt),
  });
  const application = bench.connect();
  const waits: number[] = [];
  while (retries.length < 2) {
    const began = performance.now();
    await application`select count(*) from t`;
    waits.push(performance.now() - began);
    await sleep(10);
  }
  await reader.unsafe("commit");
  expect((await running).applied).toHaveLength(1);
  expect(Math.max(...waits)).toBeLessThan(1500);
});

test("gives up on a lock after its tries, with the way out, and on statement_timeout at once", async () => {
  await bench.made.add("0001_t", "create table t (id int);");
  await apply(bench.sql, { folder: bench.made.folder });
  await bench.made.add(
    "0002_alter",
    "-- migrate: lock-timeout 50ms\n-- migrate: retries 1\nalter table t add column n int;",
  );
  const reader = bench.connect();
  await reader.unsafe("begin; select * from t");
  await expect(apply(bench.sql, { folder: bench.made.folder })).rejects.toThrow(/55P03[\s\S]*lock-timeout 10s/);
  await reader.unsafe("commit");
  await bench.made.write("0002_alter", "-- migrate: statement-timeout 100ms\nselect pg_sleep(5);");
  await expect(apply(bench.sql, { folder: bench.made.folder })).rejects.toThrow(/57014[\s\S]*statement-timeout 30min/);
  expect(await bench.sql`show statement_timeout`).toMatchObject([{ statement_timeout: "0" }]);
  expect(await bench.sql`show search_path`).toMatchObject([{ search_path: '"$user", public' }]);
});

test("a dead client's backend gives the lock back while a statement runs", async () => {
  const settings = await bench.sql`select name from pg_settings where name = 'client_connection_check_interval'`;
  expect(settings).toHaveLength(1);
  await bench.made.add(
    "0001_sleep",
    "select set_config('a.b', current_setting('client_connection_check_interval'), false); create table kept as select current_setting('a.b') as value;",
  );
  await apply(bench.sql, { folder: bench.made.folder });
  expect(await bench.sql`select value from kept`).toMatchObject([{ value: "2s" }]);
});
