import { afterAll, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { type Relay, startRelay } from "../../test/support/relay.ts";
import { apply, type OnProgress } from "../migrate.ts";
import { migrationLockKey } from "./lock.ts";

let relay: Relay | undefined;
afterAll(() => relay?.stop());

async function add(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++)
    await bench.made.add(`${String(n).padStart(4, "0")}_t`, `create table t${n} (id int);`);
}

/** How often an open connection waits for the server in one run. */
async function trips(): Promise<number> {
  // What is sent at once may leave in parts: the delay keeps the answer to the first from coming between them.
  relay ??= await startRelay({ port: cluster.port, delayMs: 20 });
  const sql = bench.connect({ host: "127.0.0.1", port: relay.port, fetch_types: false });
  await sql`select 1`;
  const before = relay.turns();
  await apply(sql, { folder: bench.made.folder });
  // A connection that does not fetch types is asked once more before it is reserved.
  return relay.turns() - before - 1;
}

test("takes two round trips with nothing to do and three with something, however many migrations there are", async () => {
  await add(0, 3);
  // No ledger to read.
  expect(await trips()).toBe(2);
  await add(3, 100);
  await apply(bench.sql, { folder: bench.made.folder });
  expect(await trips()).toBe(2);
  await add(100, 101);
  expect(await trips()).toBe(3);
  expect(await bench.hashes()).toHaveLength(101);
  expect(await bench.locks()).toBe(0);
});

test("does not await the lock with nothing to do", async () => {
  await add(0, 2);
  await apply(bench.sql, { folder: bench.made.folder });
  const holder = bench.connect();
  await holder.unsafe(`select pg_advisory_lock(${migrationLockKey})`);
  const done = await apply(bench.sql, { folder: bench.made.folder, lockWaitMs: 0 });
  expect(done).toMatchObject({ applied: [], alreadyApplied: 2 });
});

test("keeps the lock where the last commit failed, and leaves neither lock nor settings behind either way", async () => {
  await bench.made.add(
    "0001_t",
    "create table t (id int primary key, up int references t deferrable initially deferred);",
  );
  await bench.made.add("0002_i", "insert into t values (1, 2);");
  await expect(apply(bench.sql, { folder: bench.made.folder })).rejects.toMatchObject({
    details: { sqlstate: "23503" },
  });
  expect(await bench.locks()).toBe(0);
  expect(await bench.hashes()).toHaveLength(1);
  await bench.made.write("0002_i", "insert into t values (1, 1);");
  expect((await apply(bench.sql, { folder: bench.made.folder })).applied).toHaveLength(1);
  expect(await bench.locks()).toBe(0);
  const [left] = await bench.sql`select current_setting('environment.migration_run') as mark,
    current_setting('client_connection_check_interval') as checks`;
  expect(left).toMatchObject({ mark: "", checks: "0" });
});

test("reads again under the lock what somebody committed since the look without it", async () => {
  await add(0, 1);
  const holder = bench.connect();
  await holder.unsafe(`select pg_advisory_lock(${migrationLockKey})`);
  const settings = { catalog: "local" };
  let outcome: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const onProgress: OnProgress = ({ kind }) => kind === "waiting" && resolve();
    outcome = apply(bench.sql, { folder: bench.made.folder, settings, onProgress });
    outcome.catch(() => {});
  });
  await holder.unsafe(
    "create schema environment; create table environment.settings (name text primary key, value jsonb, updated_at timestamptz)",
  );
  await holder`insert into environment.settings values ('catalog', '"local"')`;
  await holder.unsafe(`select pg_advisory_unlock(${migrationLockKey})`);
  expect(await outcome).toMatchObject({ settings: [], applied: [{ tag: "0000_t" }] });
});
