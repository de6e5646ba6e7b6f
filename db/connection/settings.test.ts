import type { Sql } from "postgres";
import { afterEach, beforeEach, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { findPgBouncer, startPgBouncer } from "../../test/support/pgbouncer.ts";
import { type OpenOptions, openLike, openSessions, setUpOf } from "./open.ts";

let database: string;
/** A role that may log in nowhere. */
let owner: string;
const opened: Sql[] = [];

beforeEach(async () => {
  database = new URL(bench.url).pathname.slice(1);
  owner = `owner_of_${database}`;
  await cluster.admin.unsafe(`create role ${owner}`);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sql) => sql.end({ timeout: 1 })));
  await cluster.admin.unsafe(`drop role ${owner}`);
});

function open(options: OpenOptions = {}): Sql {
  const sql = openSessions({ url: bench.url, max: 1, ...options });
  opened.push(sql);
  return sql;
}

const codeOf = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => "no error",
    (error: { code?: string }) => error.code,
  );

test("settings are SET after connecting, on every session: role, search_path, time-outs, read only", async () => {
  const connection = {
    default_transaction_read_only: true,
    statement_timeout: 4321,
    search_path: '"$user", pg_catalog',
    role: owner,
    application_name: "settings test",
  };
  const sql = open({ max: 3, connection });
  expect(
    setUpOf(sql)
      .split("; ")
      .map((statement) => /role|\('(\w+)'/.exec(statement)?.[1] ?? "role"),
  ).toEqual([...["role", "search_path", "statement_timeout", "default_transaction_read_only"]]);
  const look = (asked: Sql) => asked`select current_user as role, current_setting('search_path') as path,
    current_setting('statement_timeout') as time, current_setting('application_name') as name, pg_sleep(0.05)`;
  const rows = (await Promise.all([look(sql), look(sql), look(sql)])).flat();
  for (const row of rows)
    expect(row).toMatchObject({ role: owner, path: '"$user", pg_catalog', time: "4321ms", name: "settings test" });
  expect(await codeOf(sql`create table forbidden ()`)).toBe("25006");
  const like = openLike(sql, { max: 1 });
  opened.push(like);
  expect(await look(like)).toMatchObject([{ role: owner, time: "4321ms" }]);
  expect(await open()`show statement_timeout`).toMatchObject([{ statement_timeout: "2min" }]);
  // A startup parameter would outlive this; what is SET is sent again.
  await like.unsafe(`reset all; ${setUpOf(like)}`);
  expect(await look(like)).toMatchObject([{ role: owner, time: "4321ms" }]);
});

test("in transaction mode nothing is SET outside a transaction, and role and read only are refused there", async () => {
  const connection = { statement_timeout: 4321 };
  const sql = open({ transactionMode: true, connection });
  const time = () => sql`show statement_timeout`;
  const inside = await sql.begin((tx) => tx`show statement_timeout`);
  expect(inside).toMatchObject([{ statement_timeout: "4321ms" }]);
  expect(await time()).toMatchObject([{ statement_timeout: "0" }]);
  const bound = open({ transactionMode: true, connection: { default_transaction_read_only: true } });
  expect(await codeOf(bound`select 1`)).toBe("UNSAFE_TRANSACTION");
  expect(await codeOf(bound.begin((tx) => tx`create table forbidden ()`))).toBe("25006");
});

test("a role brings its search_path along, as a log-in of its own would have it", async () => {
  await cluster.admin.unsafe(`alter role ${owner} set search_path to "$user", public, extensions`);
  const path = async (options: OpenOptions) =>
    (await open(options).begin((tx) => tx`select current_setting('search_path') as path`))[0]?.path;
  expect(await path({ connection: { role: owner } })).toBe('"$user", public, extensions');
  expect(await path({ connection: { role: owner }, transactionMode: true })).toBe('"$user", public, extensions');
  expect(await path({ connection: { role: owner, search_path: "mine" } })).toBe("mine");
  await cluster.admin.unsafe(`alter role ${owner} in database ${database} set search_path to here`);
  expect(await path({ connection: { role: owner } })).toBe("here");
  await cluster.admin.unsafe(`alter role ${owner} reset all; alter role ${owner} in database ${database} reset all`);
  expect(await path({ connection: { role: owner } })).toBe('"$user", public');
});

const pgbouncer = findPgBouncer();
test.skipIf(!pgbouncer)(
  "a transaction pooler's next client finds nothing of ours in the session it is given",
  async () => {
    const settings = ["default_pool_size = 1"];
    const pooler = await startPgBouncer({ binary: pgbouncer ?? "", cluster, mode: "transaction", settings });
    const ours = openSessions({
      url: pooler.url(database),
      ...{ max: 1, prepare: false, transactionMode: true },
      connection: { role: owner, statement_timeout: 4321, search_path: "mine", default_transaction_read_only: true },
    });
    const next = openSessions({ url: pooler.url(database), max: 1, prepare: false, transactionMode: true });
    const look =
      "select current_user as role, current_setting('statement_timeout') as time, " +
      "current_setting('search_path') as path, current_setting('transaction_read_only') as reads, pg_backend_pid() as pid";
    try {
      const [inside] = await ours.begin((tx) => tx.unsafe(look));
      expect(inside).toMatchObject({ role: owner, time: "4321ms", path: "mine", reads: "on" });
      const [after] = await next.unsafe(look);
      expect(after).toEqual({ role: "postgres", time: "0", path: '"$user", public', reads: "off", pid: inside?.pid });
    } finally {
      await Promise.all([ours.end({ timeout: 1 }), next.end({ timeout: 1 })]);
      await pooler.stop();
    }
  },
);
