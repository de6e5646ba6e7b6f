import { getTableConfig } from "drizzle-orm/pg-core";
import { describe, expect } from "vitest";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";
import { seedDevelopment } from "../../db/sample/development.ts";
import { type Rule, tableDecisions } from "../../db/schema/decisions.ts";
import { publicTables } from "../../db/schema/public-tables.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { type Actor, acting, attempt, userOf } from "./acting.ts";
import { migrateWithDrizzle } from "./migrated.ts";

let database: TestDatabase;
let own: SampleAgency;
let other: SampleAgency;
let asked: Actor[];

const anon: Actor = { name: "anon", role: "anon" };
const service: Actor = { name: "service_role", role: "service_role" };
const hook: Actor = { name: "supabase_auth_admin", role: "supabase_auth_admin" };
const operations = ["select", "insert", "update", "delete"] as const;
const names = publicTables.map((table) => getTableConfig(table).name);

test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("access");
  await migrateWithDrizzle(database);
  const { agencies } = await seedDevelopment(database.sql);
  [own, other] = agencies as [SampleAgency, SampleAgency];
  asked = [userOf(own, "user"), userOf(own, "admin")];
});

test("every table of the database and of the schema has a decision, and none has more", async () => {
  const live =
    await database.sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`;
  expect(live.map(({ relname }) => relname).sort()).toEqual(Object.keys(tableDecisions).sort());
  expect(names).toEqual(Object.keys(tableDecisions).sort());
  const open =
    await database.sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity`;
  expect(open).toHaveLength(0);
});

test("a trigger keeps updated_at of every table that has one, and users update the columns decided and no others", async () => {
  const untouched = await database.sql`
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not exists (
      select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'tenancy.touch'::regproc)`;
  expect(untouched).toEqual([]);
  for (const [name, { authenticated }] of Object.entries(tableDecisions)) {
    const { update, updateColumns } = authenticated;
    const rows = await database.sql`
      select attname from pg_attribute where attrelid = ${`public.${name}`}::text::regclass and attnum > 0
        and has_column_privilege('authenticated', attrelid, attnum, 'update') and not attisdropped`;
    const held = rows.map(({ attname }) => attname).sort();
    if (!update) expect(held, name).toEqual([]);
    else if (updateColumns) expect(held, name).toEqual([...updateColumns].sort());
  }
});

/** The column that says whose a row is; the exchange rates are everybody's. */
function agencyColumn(table: string): string | undefined {
  if (table === "currency_exchange_rates") return undefined;
  return table === "agencies" ? "id" : "agency_id";
}

const allowed = (rule: Rule | undefined, actor: Actor) =>
  rule !== undefined && (!rule.toLowerCase().includes("admin") || actor.name.startsWith("admin"));

const rowsOf = (table: string, agency: SampleAgency) => {
  const column = agencyColumn(table);
  return database.sql`select * from ${database.sql(table)} ${column ? database.sql`where ${database.sql(column)} = ${agency.id}` : database.sql``}`;
};

describe.each(names)("%s", (table) => {
  const decision = () => tableDecisions[table] ?? expect.fail(`no decision about ${table}`);
  const column = agencyColumn(table);

  test("holds rows of both agencies, so that what follows proves something", async () => {
    expect((await rowsOf(table, own)).length).toBeGreaterThan(0);
    expect((await rowsOf(table, other)).length).toBeGreaterThan(0);
  });

  test("anon may do nothing", async () => {
    for (const operation of operations) {
      expect(await privilege(anon.role, table, operation)).toBe(false);
      expect(await privilege("authenticator", table, operation)).toBe(false);
    }
    const outcome = await attempt(database.sql, anon, (tx) => tx`select from ${tx(table)}`);
    expect(outcome).toMatchObject({ code: "42501" });
  });

  test("service_role and the hook have their grants and no others", async () => {
    const { serviceRole } = decision();
    for (const operation of operations) {
      const wanted = serviceRole === "write" || (serviceRole === "read" && operation === "select");
      expect(await privilege(service.role, table, operation), operation).toBe(wanted);
      const readByHook = operation === "select" && ["agencies", "user_profiles"].includes(table);
      expect(await privilege(hook.role, table, operation), operation).toBe(readByHook);
    }
    for (const role of ["anon", "authenticated", "service_role"]) {
      for (const operation of ["truncate", "references", "trigger"]) {
        expect(await privilege(role, table, operation)).toBe(false);
      }
    }
  });

  test("select: rows of the own agency where decided, never another's", async () => {
    const expected = (await rowsOf(table, own)).length;
    for (const actor of asked) {
      const outcome = await attempt(database.sql, actor, (tx) => tx`select * from ${tx(table)}`);
      if (!decision().authenticated.select) expect(outcome.code).toBe("42501");
      else
        expect(outcome, actor.name).toEqual({ rows: allowed(decision().authenticated.select, actor) ? expected : 0 });
      if (!column || !decision().authenticated.select) continue;
      const foreign = await acting(
        database.sql,
        actor,
        (tx) => tx`select count(*)::int as n from ${tx(table)} where ${tx(column)} = ${other.id}`,
      );
      expect(foreign[0]?.n).toBe(0);
    }
  });

  test("insert: into the own agency where decided, never into another", async () => {
    for (const actor of asked) {
      for (const agency of [own, other]) {
        const outcome = await insertCopy(actor, table, agency);
        const may = agency === own && allowed(decision().authenticated.insert, actor);
        // Past the policy a copy fails on a key or passes; before it, on 42501.
        if (may)
          expect(outcome.code ?? "passed", `${actor.name}: ${outcome.message}`).toMatch(/^(passed|23505|23503|23514)$/);
        else expect(outcome.code, `${actor.name} ${agency.name}`).toBe("42501");
      }
    }
  });

  test("update: own rows where decided, never another agency's, and none moves there", async () => {
    const { update, updateColumns, select } = decision().authenticated;
    const touched = updateColumns?.[0] ?? column ?? "source";
    for (const actor of asked) {
      const set = (where: string | undefined) => (tx: Parameters<Parameters<typeof attempt>[2]>[0]) =>
        tx`update ${tx(table)} set ${tx(touched)} = ${tx(touched)} ${where && column && select ? tx`where ${tx(column)} = ${where}` : tx``}`;
      const foreign = await attempt(database.sql, actor, set(other.id));
      if (update && column) expect(foreign, actor.name).toEqual({ rows: 0 });
      else expect(foreign.code, actor.name).toBe("42501");
      const mine = await attempt(database.sql, actor, set(own.id));
      if (allowed(update, actor)) expect(mine.rows, actor.name).toBeGreaterThan(0);
      else expect(mine.rows ?? 0, actor.name).toBe(0);
      if (!column || column === "id") continue;
      const moved = await attempt(database.sql, actor, (tx) => tx`update ${tx(table)} set agency_id = ${other.id}`);
      expect(moved.code ?? `rows ${moved.rows}`, actor.name).toMatch(
        allowed(update, actor) ? /^42501$/ : /^(42501|rows 0)$/,
      );
    }
  });

  test("delete: own rows where decided, never another agency's", async () => {
    const { delete: rule, select } = decision().authenticated;
    for (const actor of asked) {
      const remove = (agency: SampleAgency) => (tx: Parameters<Parameters<typeof attempt>[2]>[0]) =>
        tx`delete from ${tx(table)} ${column && select ? tx`where ${tx(column)} = ${agency.id}` : tx``}`;
      const foreign = await attempt(database.sql, actor, remove(other));
      if (rule) expect(foreign, actor.name).toEqual({ rows: 0 });
      else expect(foreign.code, actor.name).toBe("42501");
      const mine = await attempt(database.sql, actor, remove(own));
      // Past the policy a row may still be held by what refers to it.
      if (allowed(rule, actor))
        expect(mine.code ?? "passed", `${actor.name}: ${mine.message}`).toMatch(/^(passed|23503|23514)$/);
      else expect(mine.rows ?? 0, actor.name).toBe(0);
    }
  });
});

/** Whether a role holds a privilege on a table or on any column of it. */
async function privilege(role: string, table: string, operation: string): Promise<boolean> {
  const { sql } = database;
  const name = `public.${table}`;
  const byColumn = ["select", "insert", "update", "references"].includes(operation);
  const [row] = byColumn
    ? await sql`select has_any_column_privilege(${role}, ${name}::text, ${operation}::text) as held`
    : await sql`select has_table_privilege(${role}, ${name}::text, ${operation}::text) as held`;
  return row?.held;
}

/** Inserts, as `actor`, a copy of a row of `agency`, which the owner reads, with a new id. */
async function insertCopy(actor: Actor, table: string, agency: SampleAgency) {
  const { sql } = database;
  const column = agencyColumn(table);
  const [held] = await sql`
    select to_jsonb(t) as row from ${sql(table)} t ${column ? sql`where ${sql(column)} = ${agency.id}` : sql``} limit 1`;
  const columns = await sql<{ attname: string }[]>`
    select attname from pg_attribute
    where attrelid = ${`public.${table}`}::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
  const list = columns.map(({ attname }) => attname);
  const copy = { ...held?.row, ...(list.includes("id") && table !== "agencies" ? { id: crypto.randomUUID() } : {}) };
  return attempt(
    sql,
    actor,
    (tx) => tx`
      insert into ${tx(table)} (${tx(list)})
      select ${tx(list)} from jsonb_populate_record(null::${tx(table)}, ${tx.json(copy as never)})`,
  );
}

// What Auth's admin API does for DELETE /admin/users/ID, as its database login.
test("Auth deletes a user who owns nothing; one who owns rows stays, and the text says which", async () => {
  const platform = await database.connectAsPlatform();
  const remove = (id: string) =>
    platform.begin(async (tx) => {
      await tx`set local role supabase_auth_admin`;
      await tx`set local search_path to auth`;
      return tx`delete from users where id = ${id}`;
    });
  const leaver = crypto.randomUUID();
  await platform`insert into auth.users (id, email) values (${leaver}, 'leaver@example.com')`;
  await database.sql`insert into public.user_profiles (id, agency_id) values (${leaver}, ${own.id})`;
  const [owner] = await database.sql`select owner_id as id, count(*)::int as trips from public.trips
    where agency_id = ${own.id} group by owner_id order by 2 desc limit 1`;
  await expect(remove(owner?.id)).rejects.toMatchObject({
    code: "23503",
    message: expect.stringMatching(
      new RegExp(`^User ${owner?.id} still owns rows: .*public.trips.owner_id \\(${owner?.trips}\\)`),
    ),
    hint: expect.stringMatching(/suspended, or give these rows to another user of the agency/),
  });
  expect((await remove(leaver)).count).toBe(1);
  expect(await database.sql`select from public.user_profiles where id = ${leaver}`).toHaveLength(0);
});
