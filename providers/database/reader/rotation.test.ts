import { expect } from "vitest";
import { errorOf } from "../../../test/database/migrated.ts";
import { configurationOf, Driven } from "../../../test/support/provider-call.ts";
import { database, login, program, role, test } from "../../../test/support/reader.ts";
import { readerRole } from "../reader-role.provider.ts";

test("a reader cannot block its own rotation: its sessions that hold or want the lock are ended", async () => {
  await role.up(program());
  const key = "hashtextextended('environment.reader', 0)";
  const held = [login(), login(), login()];
  const ended = held.map((sql) =>
    sql.unsafe(`select pg_advisory_lock(${key}), pg_sleep(60)`).catch((error: { code: string }) => error.code),
  );
  const isHeld = () => database.sql`select from pg_locks where locktype = 'advisory' and granted`;
  while ((await isHeld()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await role.up(program({ generation: 2 }));
  expect(role.state).toMatchObject({ user: "fdw_catalog_ro_b", passwordAccepted: true });
  for (const answer of await Promise.all(ended)) expect(answer).toMatch(/57P01|CONNECTION_CLOSED/);
  await Promise.all(held.map((sql) => sql.end({ timeout: 1 })));
});

test("a rotation gives the other login a new password and leaves the old one until it is retired", async () => {
  await role.up(program());
  const first = { ...role.state };
  expect(await role.up(program({ generation: 2 }))).toEqual(["generation"]);
  expect(role.state).toMatchObject({
    user: "fdw_catalog_ro_b",
    previousUser: "fdw_catalog_ro_a",
    passwordAccepted: true,
  });
  expect(role.state.password).not.toBe(first.password);
  for (const state of [first, role.state]) {
    const sql = login(state);
    expect(await sql`select count(*)::int as n from catalog.thing`).toEqual([{ n: 2 }]);
    await sql.end();
  }
  await role.refresh();
  expect(role.diff(program({ generation: 2 }))).toEqual([]);
  expect(await role.up(program({ generation: 2, retirePrevious: true }))).toEqual(["retirePrevious"]);
  expect((await errorOf(login(first)`select 1`)).code).toMatch(/^28/);
  expect(await database.sql`select from pg_roles where rolname = ${first.user}`).toHaveLength(0);
  await role.refresh();
  expect(role.diff(program({ generation: 2, retirePrevious: true }))).toEqual([]);
  expect(role.diff(program({ generation: 2 }))).toEqual([]);
  expect(await role.up(program({ generation: 3 }))).toEqual(["generation"]);
  expect(role.state).toMatchObject({ user: "fdw_catalog_ro_a", passwordAccepted: true });
});

test("a retired login is dropped when its last query has ended, and not before", async () => {
  await role.up(program());
  const busy = login();
  const idle = login();
  await idle`select 1`;
  const query = busy`select pg_sleep(13)`.execute();
  await role.up(program({ generation: 2 }));
  await expect(role.up(program({ generation: 3, retirePrevious: true }))).rejects.toThrow(/would cut off.*rotate/s);
  await role.up(program({ generation: 2, retirePrevious: true }));
  expect(role.messages.join()).toMatch(/fdw_catalog_ro_a is retired, with 1 queries/);
  expect((await errorOf(login({ ...role.state, user: "fdw_catalog_ro_a" })`select 1`)).code).toMatch(/^28/);
  await query;
  await busy.end();
  await role.refresh();
  expect(role.diff(program({ generation: 2, retirePrevious: true }))).toEqual(["differences"]);
  await role.up(program({ generation: 2, retirePrevious: true }));
  expect(await database.sql`select from pg_roles where rolname = 'fdw_catalog_ro_a'`).toHaveLength(0);
});

test("a login of the group's name goes on under its users until a rotation retires it", async () => {
  await database.sql.unsafe(`
    create role fdw_catalog_ro login password 'old' connection limit 3;
    grant usage on schema catalog, public to fdw_catalog_ro;
    grant select on catalog.thing, public.private to fdw_catalog_ro`);
  const old = () => database.connect({ user: "fdw_catalog_ro", password: "old" });
  const session = old();
  const reads = async (sql = session) => {
    expect(await sql`select count(*)::int as n from catalog.thing`).toEqual([{ n: 2 }]);
    expect(await sql`select from public.private`).toEqual([]);
  };
  await reads();
  await role.up(program());
  expect(role.messages.join()).toMatch(/it is a login, with 1 session now.*SELECT on public.private.*npm run rotate/);
  expect(role.state).toMatchObject({ user: "fdw_catalog_ro_a", previousUser: "fdw_catalog_ro", differences: [] });
  const fresh = old();
  await reads();
  await reads(fresh);
  await fresh.end();
  await role.refresh();
  expect(role.diff(program())).toEqual([]);
  await role.up(program({ generation: 2 }));
  await reads();
  await role.up(program({ generation: 2, retirePrevious: true }));
  expect((await errorOf(old()`select 1`)).code).toMatch(/^28/);
  await expect(session`select 1`).rejects.toThrow();
  expect(role.state).toMatchObject({ previousUser: "", differences: [], retirePrevious: true });
  const [held] = await database.sql`
    select rolcanlogin as login, has_table_privilege('fdw_catalog_ro', 'public.private', 'select') as private
    from pg_roles where rolname = 'fdw_catalog_ro'`;
  expect(held).toEqual({ login: false, private: false });
  await role.refresh();
  expect(role.diff(program({ generation: 2, retirePrevious: true }))).toEqual([]);
});

test("two runs at once end with one working login", async () => {
  const other = new Driven(readerRole, configurationOf(database));
  const outcomes = await Promise.allSettled([role.up(program()), other.up(program())]);
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
  const winner = role.exists ? role : other;
  await winner.refresh();
  await winner.up(program());
  expect(winner.state).toMatchObject({ passwordAccepted: true, differences: [] });
});
