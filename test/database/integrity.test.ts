import type { TransactionSql } from "postgres";
import { describe, expect } from "vitest";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";
import { seedDevelopment } from "../../db/sample/development.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { acting, attempt, userOf } from "./acting.ts";
import { errorOf, migrateWithDrizzle } from "./migrated.ts";

let database: TestDatabase;
let own: SampleAgency;
let other: SampleAgency;

test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("integrity");
  await migrateWithDrizzle(database);
  const { agencies } = await seedDevelopment(database.sql);
  [own, other] = agencies as [SampleAgency, SampleAgency];
});

/** The error of a change as the owner, rolled back; "allowed" where there is none. */
async function change(statement: string): Promise<{ code: string; message: string }> {
  const outcome = await attempt(database.sql, { name: "owner", role: "postgres" }, async (tx) => {
    const result = await tx.unsafe(statement);
    await tx`set constraints all immediate`;
    return result;
  });
  return { code: outcome.code ?? "allowed", message: outcome.message ?? "" };
}

describe("the database refuses", () => {
  test.each([
    ["details of another type", "update flight_details set component_type = 'lodging'", "23514"],
    [
      "lodging details on a flight",
      "insert into lodging_details (activity_id, agency_id, property_name, check_in_date, check_out_date) select id, agency_id, 'x', '2027-01-01', '2027-01-02' from itinerary_activities where component_type = 'flight' limit 1",
      "23503",
    ],
    [
      "another type for an activity with details",
      "update itinerary_activities set component_type = 'dining' where component_type = 'flight'",
      "23503",
    ],
    [
      "a parent that is no package",
      "update itinerary_activities c set parent_activity_id = p.id from itinerary_activities p where p.itinerary_id = c.itinerary_id and p.component_type = 'flight' and c.component_type = 'dining'",
      "23514",
    ],
    [
      "a parent in another trip",
      "update itinerary_activities c set parent_activity_id = (select p.id from itinerary_activities p where p.component_type = 'custom' and p.agency_id = c.agency_id and p.trip_id <> c.trip_id limit 1) where c.component_type = 'dining'",
      "23503",
    ],
    [
      "an activity inside itself",
      "update itinerary_activities set parent_activity_id = id where component_type = 'custom'",
      "23514",
    ],
    ["no package any more while it holds others", "delete from package_details", "23503"],
    [
      "splits that do not add up",
      "update activity_traveller_splits set amount = amount + 0.01 where id = (select id from activity_traveller_splits limit 1)",
      "23514",
    ],
    ["a price its splits do not come to", "update activity_pricing set total_price = total_price + 1", "23514"],
    ["a split in another currency", "update activity_traveller_splits set currency = 'USD'", "23514"],
    ["a currency that is none", "update trips set currency = 'cad'", "23514"],
    ["a zone that is none", "update trips set time_zone = 'Mars/Olympus'", "23514"],
    ["an abbreviation for a zone", "update trips set time_zone = 'EST5EDT4'", "23514"],
    ["an instant without a zone", "update itinerary_activities set time_zone = null", "23514"],
    ["a trip that ends before it starts", "update trips set end_date = start_date - 1", "23514"],
    ["a flight that lands before it takes off", "update flight_segments set arrives_at = departs_at", "23514"],
    ["a line item that does not multiply", "update activity_pricing_items set quantity = 2", "23514"],
    [
      "a child of another agency",
      "update itineraries set agency_id = (select id from agencies where id <> itineraries.agency_id limit 1)",
      "23503",
    ],
    [
      "a pair of contacts the other way round",
      "insert into contact_relationships (agency_id, contact_id, related_contact_id, relationship_type) select agency_id, related_contact_id, contact_id, 'friend' from contact_relationships limit 1",
      "23505",
    ],
    [
      "two chosen itineraries",
      "insert into itineraries (agency_id, trip_id, name, is_selected) select agency_id, trip_id, 'x', true from itineraries limit 1",
      "23505",
    ],
    ["two lead travelers", "update trip_travelers set is_lead = true", "23505"],
    [
      "paid less than due, and called paid",
      "update expected_payment_items set paid_amount = 0 where status = 'paid'",
      "23514",
    ],
    ["a trip with payments going", "delete from trips", "23503"],
  ])("%s", async (_, statement, code) => {
    const outcome = await change(statement);
    expect(outcome.code, outcome.message).toBe(code);
  });

  test("a circle of packages, also one two transactions close together", async () => {
    const [one, two] = await database.sql`
      select i.id as itinerary_id, i.trip_id, gen_random_uuid()::text as id from itineraries i where i.agency_id = ${own.id} limit 1`.then(
      ([row]) => [row, { ...row, id: crypto.randomUUID() }],
    );
    for (const row of [one, two]) {
      await database.sql`insert into itinerary_activities (id, agency_id, trip_id, itinerary_id, component_type, name)
        values (${row?.id}, ${own.id}, ${row?.trip_id}, ${row?.itinerary_id}, 'custom', 'package')`;
      await database.sql`insert into package_details (activity_id, agency_id, package_name) values (${row?.id}, ${own.id}, 'x')`;
    }
    const [left, right] = [database.connect(), database.connect()];
    const put = (tx: TransactionSql, child?: string, parent?: string) =>
      tx`update itinerary_activities set parent_activity_id = ${parent ?? null} where id = ${child ?? null}`;
    const outcomes = await Promise.allSettled([
      left.begin(async (tx) => {
        await put(tx, one?.id, two?.id);
        await tx`select pg_sleep(0.2)`;
      }),
      right.begin(async (tx) => {
        await put(tx, two?.id, one?.id);
        await tx`select pg_sleep(0.2)`;
      }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const circle = await change(`update itinerary_activities set parent_activity_id =
      case id when '${one?.id}' then '${two?.id}'::uuid else '${one?.id}'::uuid end where id in ('${one?.id}', '${two?.id}')`);
    expect(circle.code, circle.message).toBe("23514");
  });
});

describe("the audit log", () => {
  const log = "payment_schedule_audit_log";

  test("says who, when, before and after", async () => {
    const rows = await acting(database.sql, userOf(own, "admin"), async (tx) => {
      await tx`update expected_payment_items set amount = amount + 1 where description = 'Final payment'`;
      return tx`select * from payment_schedule_audit_log where action = 'update'`;
    });
    const admin = own.users.find(({ role }) => role === "admin");
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatchObject({
      table_name: "expected_payment_items",
      actor_id: admin?.id,
      actor_role: "authenticated",
    });
    expect(Number(rows[0]?.after.amount) - Number(rows[0]?.before.amount)).toBe(1);
  });

  test.each(["postgres", "service_role", "authenticated"])("cannot be changed by %s", async (role) => {
    for (const statement of [`update ${log} set actor_role = 'x'`, `delete from ${log}`, `truncate ${log}`]) {
      const outcome = await attempt(database.sql, { ...userOf(own, "admin"), role }, (tx) => tx.unsafe(statement));
      expect(outcome.code, statement).toBe("42501");
    }
  });

  test("its triggers hold in replica mode too, and one that is switched off can be seen", async () => {
    const enabled = () => database.sql`
      select tgname, tgenabled from pg_trigger where tgname like 'payment_schedule_audit_log_%' or tgname like '%\\_audit'`;
    expect(new Set((await enabled()).map(({ tgenabled }) => tgenabled))).toEqual(new Set(["A"]));
    expect(await enabled()).toHaveLength(6);
    await database.sql`alter table payment_schedule_audit_log disable trigger payment_schedule_audit_log_append_only`;
    expect((await enabled()).filter(({ tgenabled }) => tgenabled !== "A")).toHaveLength(1);
    await database.sql`alter table payment_schedule_audit_log enable always trigger payment_schedule_audit_log_append_only`;
  });

  test("has no key to anything", async () => {
    expect(
      await database.sql`select from pg_constraint where conrelid = ${log}::text::regclass and contype = 'f'`,
    ).toHaveLength(0);
  });
});

describe("credentials", () => {
  const secret = "sk-live-0123456789abcdef-XYZ9";
  const store = (role: string) =>
    acting(
      database.sql,
      { name: role, role },
      (tx) => tx`select tenancy.store_api_credential(${other.id}, 'stripe', 'default', ${secret}) as id`,
    );

  test("are encrypted, and read by the owner alone", async () => {
    const [stored] =
      await database.sql`select tenancy.store_api_credential(${own.id}, 'stripe', 'default', ${secret}) as id`;
    const [held] =
      await database.sql`select encode(ciphertext, 'escape') as text, last_four from api_credentials where id = ${stored?.id}`;
    expect(held?.text).not.toContain(secret);
    expect(held?.last_four).toBe("XYZ9");
    const [read] = await database.sql`select tenancy.read_api_credential(${stored?.id}) as secret`;
    expect(read?.secret).toBe(secret);
  });

  test("service_role may store, no other role; no role reads", async () => {
    expect(await store("service_role")).toHaveLength(1);
    for (const role of ["anon", "authenticated"]) expect((await errorOf(store(role))).code).toBe("42501");
    for (const role of ["anon", "authenticated", "service_role"]) {
      for (const statement of [
        "select from api_credentials",
        "select tenancy.read_api_credential(gen_random_uuid())",
        "select tenancy.credential_key()",
      ]) {
        const outcome = await attempt(database.sql, { name: role, role }, (tx) => tx.unsafe(statement));
        expect(outcome.code, `${role}: ${statement}`).toBe("42501");
      }
    }
  });
});

test("every foreign key has an index that starts with its columns; none leads from public into catalog", async () => {
  const bare = await database.sql`
    select c.conname from pg_constraint c
    where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'catalog'::regnamespace) and not exists (
      select 1 from pg_index i where i.indrelid = c.conrelid and i.indpred is null
        and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
          = (select array_agg(k order by k) from unnest(c.conkey) k))`;
  expect(bare).toEqual([]);
  const crossing = await database.sql`
    select c.conname from pg_constraint c join pg_class r on r.oid = c.confrelid
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and r.relnamespace = 'catalog'::regnamespace`;
  expect(crossing).toEqual([]);
  const enums = await database.sql`
    select a.attname from pg_attribute a join pg_class r on r.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where r.relnamespace = 'catalog'::regnamespace and t.typtype = 'e'`;
  expect(enums).toEqual([]);
});
