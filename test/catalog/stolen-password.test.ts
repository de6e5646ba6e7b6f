import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { passwordReaders } from "../../operations/doctor/exposure.ts";
import { root } from "../support/run.ts";
import { type Pair, startPair } from "./pair.ts";
import { stolenTable, trials } from "./stolen-password.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair?.remove());

/** A session with the password that was stolen. */
function thief(): Sql {
  const { user, password } = pair.reader.state;
  return pair.prod.connect({ user, password });
}

test.each(trials)("$what: $outcome", async ({ statements, outcome }) => {
  const sql = thief();
  try {
    let said = "allowed";
    for (const statement of statements) {
      said = await sql.unsafe(statement).then(
        () => "allowed",
        (error: { code: string }) => error.code,
      );
    }
    expect(said).toBe(outcome);
  } finally {
    await sql.end({ timeout: 1 });
  }
});

test("the page shows what was tried", async () => {
  expect(await readFile(join(root, "docs/explanation/security.md"), "utf8")).toContain(stolenTable());
});

const backendOf = async (sql: Sql) => (await sql`select pg_backend_pid() as pid`)[0]?.pid;

test("the watchdog ends what is beyond the login's bounds, and nothing else", async () => {
  const { user } = pair.reader.state;
  const watch = () => pair.prod.sql`select pid, reason, ended from environment.end_reader_sessions(grace => '0')`;
  const innocent = thief();
  await innocent`select count(*) from catalog.cruise_lines`;
  const own = await backendOf(innocent);
  // The trials left it behind.
  const stored = [{ pid: null, reason: "1 large objects", ended: false }];
  expect(await watch()).toEqual(stored);
  await pair.prod.sql.unsafe(`
    alter role ${user} set transaction_timeout = 200; alter role ${user} set idle_in_transaction_session_timeout = 100`);
  const unbound = "set transaction_timeout = 0; set idle_in_transaction_session_timeout = 0";
  const held = thief();
  await held.unsafe(unbound);
  await held.unsafe("begin; select 1");
  const locked = thief();
  await locked.unsafe(unbound);
  await locked.unsafe("select pg_advisory_lock(4711)");
  await pair.prod.sql`select pg_sleep(0.3)`;
  const ended = (await watch()).filter(({ pid }) => pid !== null);
  expect(ended.map(({ reason }) => reason).sort()).toEqual([
    "a transaction longer than transaction_timeout, idle in a transaction longer than its time-out",
    "an advisory lock",
  ]);
  expect(ended.every((one) => one.ended === true && one.pid !== own)).toBe(true);
  expect(await backendOf(innocent)).toBe(own);
  const hoarder = thief();
  await hoarder.unsafe(`${unbound}; set default_transaction_read_only = off`);
  await hoarder.unsafe("create temporary table mine as select 1");
  expect((await watch()).map(({ reason }) => reason)).toContain("temporary tables");
  await expect.poll(watch).toEqual(stored);
  expect(await backendOf(innocent)).toBe(own);
  await Promise.all([innocent, held, locked, hoarder].map((sql) => sql.end({ timeout: 0 })));
  await pair.reader.refresh();
  await pair.reader.up(pair.readerProgram());
});

test("no other role runs the watchdog", async () => {
  for (const role of ["anon", "authenticated", "service_role"]) {
    const call = pair.prod.sql.begin(async (tx) => {
      await tx`select set_config('role', ${role}, true)`;
      await tx`select environment.end_reader_sessions()`;
    });
    await expect(call, role).rejects.toMatchObject({ code: "42501" });
  }
});

test("every identity that reads the password is named, not those with USAGE alone", async () => {
  const { sql } = pair.preview;
  const said = async () =>
    (await passwordReaders(sql, "prod_catalog")).map(({ level, found, next = "" }) => `${level}: ${found} ${next}`);
  expect(await said()).toEqual([
    expect.stringMatching(/^note: .*postgres, supabase_etl_admin, supabase_read_only_user/),
  ]);
  const platform = await pair.preview.connectAsPlatform();
  const [seen] = await platform.begin(async (tx) => {
    await tx`set local role supabase_read_only_user`;
    return tx`select o as option from pg_user_mapping m, unnest(m.umoptions) o where o like 'password=%' limit 1`;
  });
  expect(seen?.option).toBe(`password=${pair.reader.state.password}`);
  await sql`create role analyst login in role pg_read_all_data`;
  await sql`grant usage on foreign server prod_catalog to authenticated`;
  expect((await said()).slice(1)).toEqual([
    expect.stringMatching(/^warning: role analyst reads the passwords of all mappings.*pg_read_all_data/),
    expect.stringMatching(/^warning: role authenticated reads the password of its mapping.*Run up/),
  ]);
  await sql`revoke usage on foreign server prod_catalog from authenticated`;
  await sql`drop role analyst`;
});
