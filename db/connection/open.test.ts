import { setTimeout as sleep } from "node:timers/promises";
import type { Sql, TransactionSql } from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { startRelay } from "../../test/support/relay.ts";
import { type OpenOptions, openSessions } from "./open.ts";

let cluster: Cluster;
const opened: Sql[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.admin.unsafe("create role authenticated; create table note (text text)");
  await cluster.admin.unsafe("grant insert, select on note to authenticated");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sql) => sql.end({ timeout: 1 })));
  await cluster.admin`truncate note`;
});
afterAll(() => cluster.stop());

function open(options: OpenOptions = {}): Sql {
  const sql = openSessions({ url: cluster.url(), max: 1, ...options });
  opened.push(sql);
  return sql;
}

const pidOf = async (sql: Pick<Sql, "unsafe">) => Number((await sql.unsafe("select pg_backend_pid() as pid"))[0]?.pid);
const terminate = (pid: number) => cluster.admin`select pg_terminate_backend(${pid}, 5000)`;
const notes = async () => (await cluster.admin`select text from note`).map(({ text }) => text);
const codeOf = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => "no error",
    (error: { code?: string }) => error.code,
  );

/** As a request does it: another role, and then what `rest` does, which catches its errors. */
async function asAuthenticated(tx: TransactionSql): Promise<void> {
  await tx`select set_config('role', 'authenticated', true)`;
}

test("a terminated session: the callback's next query is not sent as postgres, with another query waiting for the connection", async () => {
  const sql = open();
  const seen: unknown[] = [];
  const done = sql.begin(async (tx) => {
    await asAuthenticated(tx);
    const waiting = sql`select 1`.then(() => "answered");
    await terminate(await pidOf(tx));
    seen.push(await waiting);
    seen.push(await codeOf(tx`insert into note values ('written as somebody else')`));
    seen.push(await codeOf(tx`select current_user`));
  });
  await expect(done).rejects.toMatchObject({ code: "57P01", severity: "FATAL" });
  await expect.poll(() => seen).toEqual(["answered", "57P01", "57P01"]);
  expect(await notes()).toEqual([]);
});

test("idle_in_transaction_session_timeout: the promise rejects with what the server said, the pool goes on", async () => {
  const sql = open();
  const done = sql.begin(async (tx) => {
    await asAuthenticated(tx);
    await tx`select set_config('idle_in_transaction_session_timeout', '20', true)`;
    await sleep(100);
    await tx`insert into note values ('after the time-out')`.catch(() => {});
    return "resolved";
  });
  await expect(done).rejects.toMatchObject({ code: "25P03" });
  expect(await sql`select 1 as one`).toMatchObject([{ one: 1 }]);
  expect(await notes()).toEqual([]);
});

test("a cut network: the caller learns of it while the callback still waits for something else", async () => {
  const relay = await startRelay({ port: cluster.port });
  try {
    const sql = open({ port: relay.port });
    const began = performance.now();
    const done = sql.begin(async (tx) => {
      await asAuthenticated(tx);
      setTimeout(() => relay.cut(), 10);
      await sleep(2000);
    });
    await expect(done).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(performance.now() - began).toBeLessThan(1500);
  } finally {
    await relay.stop();
  }
});

test("a session lost inside a savepoint takes the whole transaction, and no further statement is sent", async () => {
  const sql = open();
  const done = sql.begin(async (tx) => {
    await tx.savepoint(async (inner) => terminate(await pidOf(inner))).catch(() => {});
    await tx.savepoint((inner) => inner`insert into note values ('second savepoint')`).catch(() => {});
  });
  await expect(done).rejects.toMatchObject({ code: "57P01" });
  expect(await notes()).toEqual([]);
});

test("a reserved session that is lost answers nothing more; the pool does", async () => {
  const sql = open();
  const held = await sql.reserve();
  await terminate(await pidOf(held));
  expect([await codeOf(held`select 1`), await codeOf(held`select 1`)]).toEqual(["57P01", "57P01"]);
  held.release();
  expect(await codeOf(sql`select 1`)).toBe("no error");
});

test("a cursor whose session is lost rejects at its next step, instead of ending as if there were no more rows", async () => {
  const sql = open();
  const read = async (leave: boolean) => {
    const victim = await pidOf(sql);
    for await (const _ of sql`select generate_series(1, 10)`.cursor(2)) {
      await terminate(victim);
      await sleep(20);
      if (leave) break;
    }
  };
  expect(await codeOf(read(false))).toBe("57P01");
  // Leaving one tells the server to close it: on a connection that is gone that ended the process.
  expect(await codeOf(read(true))).toBe("no error");
  expect(await codeOf(sql`select 1`)).toBe("no error");
});

test("a query sent once its transaction or its reservation is over is refused", async () => {
  const sql = open();
  let kept: TransactionSql | undefined;
  await sql.begin(async (tx) => {
    kept = tx;
    await tx`select 1`;
  });
  expect(await codeOf(kept?.unsafe("insert into note values ('late')") ?? Promise.resolve())).toBe("TRANSACTION_OVER");
  const held = await sql.reserve();
  held.release();
  expect(await codeOf(held`select 1`)).toBe("SESSION_RELEASED");
  expect(await notes()).toEqual([]);
});

test("a transaction left open by a plain query reaches no other caller", async () => {
  const sql = open();
  expect(await codeOf(sql.unsafe("begin; set local role authenticated"))).toBe("UNSAFE_TRANSACTION");
  expect(await codeOf(sql.unsafe("begin; set role authenticated; select 1 / 0"))).toBe("22012");
  expect(await sql`select current_user as role`).toMatchObject([{ role: "postgres" }]);
  expect(await codeOf(sql.unsafe("begin; insert into note values ('whole'); commit"))).toBe("no error");
  expect(await notes()).toEqual(["whole"]);
});

test("a statement that ends the transaction inside it ends the session: nothing goes on as the role that logged in", async () => {
  const sql = open();
  const done = sql.begin(async (tx) => {
    await asAuthenticated(tx);
    await tx`commit`.catch(() => {});
    await tx`insert into note values ('as postgres')`.catch(() => {});
  });
  await expect(done).rejects.toMatchObject({ code: "TRANSACTION_OVER" });
  expect(await notes()).toEqual([]);
  expect(await codeOf(sql`select 1`)).toBe("no error");
});

test("a value that cannot be sent does not give one query the answer of another", async () => {
  const sql = open();
  const done = sql.begin((tx) => [
    tx`select pg_sleep(0.01), 'first' as answer`,
    tx`select ${undefined as unknown as string} as answer`,
    tx`select 'third' as answer`,
  ]);
  await expect(done).rejects.toThrow("UNDEFINED_VALUE");
  expect(await sql`select 'next' as answer`).toMatchObject([{ answer: "next" }]);
});

test("begin as postgres.js has it: arrays, errors, savepoints, prepared transactions refused by the server", async () => {
  const sql = open({ max: 3 });
  const both = await sql.begin((tx) => [tx`select 1 as n`, tx`select 2 as n`]);
  expect(both.map(([row]) => row?.n)).toEqual([1, 2]);
  await expect(
    sql.begin(async (tx) => {
      await tx`insert into note values ('rolled back')`;
      throw new Error("stop");
    }),
  ).rejects.toThrow("stop");
  await sql.begin("isolation level serializable", async (tx) => {
    expect(await tx`show transaction_isolation`).toMatchObject([{ transaction_isolation: "serializable" }]);
    await tx`insert into note values ('kept')`;
    await tx.savepoint((inner) => inner`select 1 / 0`).catch(() => {});
  });
  // A failed query fails the transaction, also where nothing waited for it.
  await expect(sql.begin(async (tx) => void tx`select 1 / 0`.catch(() => {}))).rejects.toMatchObject({ code: "22012" });
  await expect(sql.begin((tx) => tx.prepare("one"))).rejects.toMatchObject({ code: "55000" });
  expect(await notes()).toEqual(["kept"]);
});

test("cancelling: a query under way, and one that waits for a connection", async () => {
  const sql = open();
  const slow = sql`select pg_sleep(20)`;
  const waiting = sql`select 1`;
  const codes = Promise.all([codeOf(slow), codeOf(waiting)]);
  await sleep(100);
  waiting.cancel();
  slow.cancel();
  expect(await codes).toEqual(["57014", "57014"]);
  expect(await codeOf(sql`select 1`)).toBe("no error");
});

test("COPY both ways gives the session back when it is done", async () => {
  const sql = open();
  const into = await sql`copy note from stdin`.writable();
  into.end("one\ntwo\n");
  expect((await sql`select text from note`).length).toBe(2);
  let text = "";
  for await (const chunk of await sql`copy note to stdout`.readable()) text += String(chunk);
  expect(text).toBe("one\ntwo\n");
});

test("a server that is away: every query rejects, and the pool finds it again", async () => {
  const relay = await startRelay({ port: cluster.port });
  const sql = open({ port: relay.port, max: 4 });
  await sql`select 1`;
  await relay.stop();
  await sleep(20);
  const codes = await Promise.all(Array.from({ length: 12 }, () => codeOf(sql`select 1`)));
  expect(new Set(codes)).toEqual(new Set(["ECONNREFUSED"]));
});

test("several hosts: the next one is tried, also for target_session_attrs", async () => {
  const lists = { host: ["127.0.0.1", "127.0.0.1"], port: [1, cluster.port] } as unknown as OpenOptions;
  expect(await codeOf(open(lists)`select 1`)).toBe("no error");
  expect(await codeOf(open({ ...lists, target_session_attrs: "standby" })`select 1`)).toBe("CONNECTION_REFUSED");
});

test("end: waits for what is under way; with a time-out it does not", async () => {
  const sql = open({ max: 2 });
  const slow = sql`select pg_sleep(0.2), 'done' as answer`.execute();
  await sleep(50);
  await Promise.all([sql.end(), expect(slow).resolves.toMatchObject([{ answer: "done" }])]);
  expect(await codeOf(sql`select 1`)).toBe("CONNECTION_ENDED");
  const other = open();
  const cut = codeOf(other.begin((tx) => tx`select pg_sleep(20)`));
  await sleep(100);
  await other.end({ timeout: 0 });
  expect(await cut).toBe("CONNECTION_DESTROYED");
});

test("an idle session is closed after idle_timeout, and another one opened after max_lifetime", async () => {
  const sql = open({ idle_timeout: 0.05 });
  const first = await pidOf(sql);
  await sleep(150);
  expect(await cluster.admin`select 1 from pg_stat_activity where pid = ${first}`).toHaveLength(0);
  const short = open({ max_lifetime: 0.05 });
  const pid = await pidOf(short);
  await sleep(100);
  await short`select 1`;
  expect(await pidOf(short)).not.toBe(pid);
});
