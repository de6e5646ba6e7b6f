import { sql as query } from "drizzle-orm";
import type { Sql } from "postgres";
import { describe, expect } from "vitest";
import { asUser, createDbClient, type UserClaims } from "../../db/client.ts";
import type { SampleAgency } from "../../db/sample/agency-rows.ts";
import { seedDevelopment } from "../../db/sample/development.ts";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { type Actor, acting, attempt, userOf } from "./acting.ts";
import { errorOf, migrateWithDrizzle } from "./migrated.ts";

let database: TestDatabase;
let platform: Sql;
let own: SampleAgency;
let other: SampleAgency;

test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("tenancy");
  await migrateWithDrizzle(database);
  platform = await database.connectAsPlatform();
  const { agencies } = await seedDevelopment(database.sql);
  [own, other] = agencies as [SampleAgency, SampleAgency];
});

const visibleTrips = (actor: Actor) =>
  acting(database.sql, actor, (tx) => tx`select from trips`).then((rows) => rows.length);
const actorWith = (claims: object): Actor => ({ name: "forged", role: "authenticated", claims });

describe("claims", () => {
  const honest = () => userOf(own, "user").claims as { sub: string; agency_id: string; user_role: string };

  test("an honest token sees its agency", async () => {
    expect(await visibleTrips(userOf(own, "user"))).toBe(12);
    expect(await visibleTrips(userOf(other, "user"))).toBe(4);
  });

  test.each([
    ["none at all", () => ({ name: "none", role: "authenticated" }) as Actor],
    ["empty", () => actorWith({})],
    ["no subject", () => actorWith({ ...honest(), sub: undefined })],
    ["no agency", () => actorWith({ ...honest(), agency_id: undefined })],
    ["another agency", () => actorWith({ ...honest(), agency_id: other.id })],
    ["a subject who is not there", () => actorWith({ ...honest(), sub: crypto.randomUUID() })],
    ["a subject that is no uuid", () => actorWith({ ...honest(), sub: "1 or true" })],
    ["a subject that only looks like a uuid", () => actorWith({ ...honest(), sub: "0-0-0-0-0" })],
    ["the agency in metadata only", () => actorWith({ sub: honest().sub, user_metadata: { agency_id: own.id } })],
    ["the agency as a list", () => actorWith({ ...honest(), agency_id: [own.id] })],
    ["a pending user", () => actorWith({ ...honest(), sub: own.users.find(({ status }) => status === "pending")?.id })],
    [
      "a suspended user",
      () => actorWith({ ...honest(), sub: own.users.find(({ status }) => status === "suspended")?.id }),
    ],
  ])("%s: sees nothing", async (_, actor) => {
    expect(await visibleTrips(actor())).toBe(0);
  });

  test("claims that are no JSON see nothing", async () => {
    const rows = await database.sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', '{"sub', true), set_config('role', 'authenticated', true)`;
      return tx`select from trips`;
    });
    expect(rows).toHaveLength(0);
  });

  test("a user who claims to be an admin is none", async () => {
    const rows = await acting(
      database.sql,
      actorWith({ ...honest(), user_role: "admin" }),
      (tx) => tx`select from api_provider_configs`,
    );
    expect(rows).toHaveLength(0);
  });

  test("suspension holds at once, also for a token signed before", async () => {
    const user = userOf(own, "user");
    await database.sql`update user_profiles set status = 'suspended' where id = ${honest().sub}`;
    expect(await visibleTrips(user)).toBe(0);
    await database.sql`update user_profiles set status = 'active' where id = ${honest().sub}`;
    expect(await visibleTrips(user)).toBe(12);
  });
});

describe("nothing is inferred", () => {
  test("a key to another agency's row fails like one to no row at all", async () => {
    const [foreign] = await database.sql`select id from trips where agency_id = ${other.id} limit 1`;
    const answers = [];
    for (const trip of [foreign?.id, crypto.randomUUID()]) {
      const { code, message } = await attempt(
        database.sql,
        userOf(own, "user"),
        (tx) => tx`insert into itineraries (agency_id, trip_id, name) values (${own.id}, ${trip}, 'x')`,
      );
      answers.push({ code, message });
    }
    expect(answers[0]?.code).toBe("23503");
    expect(answers[1]).toEqual(answers[0]);
  });

  test("a function in a filter is not shown other rows", async () => {
    const seen: string[] = [];
    const watching = database.connect();
    await watching`create function pg_temp.peek(value text) returns boolean language plpgsql cost 0.0000001 as $$
      begin if value like 'Nordic%' then raise exception 'saw %', value; end if; return true; end $$`;
    await watching`grant execute on function pg_temp.peek(text) to authenticated`;
    const rows = await acting(
      watching,
      userOf(own, "user"),
      (tx) => tx`select name from agencies where pg_temp.peek(name)`,
    );
    seen.push(...rows.map(({ name }) => name));
    expect(seen).toEqual([own.name]);
  });

  test("the planner's estimates are closed", async () => {
    const outcome = await attempt(database.sql, userOf(own, "user"), (tx) => tx`select from pg_statistic`);
    expect(outcome.code).toBe("42501");
    const stats = await acting(
      database.sql,
      userOf(own, "user"),
      (tx) => tx`select from pg_stats where tablename = 'contacts'`,
    );
    expect(stats).toHaveLength(0);
  });
});

describe("search", () => {
  const search = (actor: Actor, term: string) =>
    acting(database.sql, actor, (tx) => tx`select agency_id, full_name from search_contacts(${term}, 200)`);

  test("finds a part of a name in the own agency, whatever the case", async () => {
    const found = await search(userOf(own, "user"), "REMBL");
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ agency_id }) => agency_id))).toEqual(new Set([own.id]));
    expect(found.every(({ full_name }) => full_name.includes("rembl"))).toBe(true);
  });

  test("patterns are plain text, claims are asked", async () => {
    expect(await search(userOf(own, "user"), "%")).toHaveLength(0);
    expect(await search(userOf(own, "user"), "_")).toHaveLength(0);
    expect(await search({ name: "none", role: "authenticated" }, "a")).toHaveLength(0);
    expect((await errorOf(search({ name: "anon", role: "anon" }, "a"))).code).toBe("42501");
  });
});

test("asUser holds for one transaction and leaves the connection as it was", async () => {
  const db = createDbClient(database.url, { max: 1 });
  const claims = userOf(own, "user").claims as UserClaims;
  const seen = await asUser(db, claims, (tx) =>
    tx.query.trips.findMany({ columns: { id: true }, with: { itineraries: true } }),
  );
  expect(seen).toHaveLength(12);
  expect(seen[0]?.itineraries).toHaveLength(1);
  await expect(asUser(db, claims, async () => Promise.reject(new Error("stop")))).rejects.toThrow("stop");
  const [after] = await db.execute(
    query`select current_user::text as role, coalesce(current_setting('request.jwt.claims', true), '') as claims`,
  );
  expect(after).toEqual({ role: "postgres", claims: "" });
  await db.$client.end();
});

test("asUser behind a transaction pooler: two users on one server connection never see each other's rows", async ({
  skip,
}) => {
  const pooled = database.url.replace(`:${database.port}/`, ":6543/");
  const db = createDbClient(pooled, { max: 4, connect_timeout: 5 });
  const reached = await db.execute(query`select 1`).then(
    () => true,
    () => false,
  );
  if (!reached) {
    await db.$client.end({ timeout: 0 });
    skip("PgBouncer is missing: nothing answers on port 6543");
  }
  const counts = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const agency = index % 2 === 0 ? own : other;
      return asUser(db, userOf(agency, "user").claims as UserClaims, (tx) =>
        tx.query.trips.findMany({ columns: { agencyId: true } }),
      ).then((trips) => trips.every(({ agencyId }) => agencyId === agency.id) && trips.length);
    }),
  );
  expect(counts).toEqual(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 12 : 4)));
  await db.$client.end();
});

describe("the schedule of a trip", () => {
  const schedule = (actor: Actor, trip: string, schema = "tenancy") =>
    acting(
      database.sql,
      actor,
      (tx) =>
        tx`select trip_name, itinerary_id, itinerary_day_id, activity_id from ${tx(schema)}.trip_schedule(${trip}) order by 2, 3, 4`,
    );
  const tripOf = async (agency: SampleAgency) => {
    const [row] = await platform`select trip_id from itinerary_activities where agency_id = ${agency.id}
      and itinerary_day_id is not null order by trip_id limit 1`;
    return String(row?.trip_id);
  };

  test("is what the four tables answer under their policies", async () => {
    const trip = await tripOf(own);
    const tables = await acting(
      database.sql,
      userOf(own, "user"),
      (tx) => tx`select t.name as trip_name, i.id as itinerary_id, d.id as itinerary_day_id, a.id as activity_id
        from trips t join itineraries i on i.trip_id = t.id left join itinerary_days d on d.itinerary_id = i.id
        left join itinerary_activities a on a.itinerary_day_id = d.id where t.id = ${trip} order by 2, 3, 4`,
    );
    expect(tables.length).toBeGreaterThan(1);
    expect(await schedule(userOf(own, "user"), trip)).toEqual(tables);
    expect(await schedule(userOf(own, "user"), trip, "public")).toEqual(tables);
  });

  test("of another agency, or asked without claims, is empty; anon may not ask", async () => {
    const trip = await tripOf(other);
    expect(await schedule(userOf(own, "admin"), trip)).toHaveLength(0);
    expect(await schedule({ name: "none", role: "authenticated" }, trip)).toHaveLength(0);
    expect((await errorOf(schedule({ name: "anon", role: "anon" }, trip, "public"))).code).toBe("42501");
  });
});
