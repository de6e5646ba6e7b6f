import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../test/support/cluster.ts";
import { asUser, createDbClient, type Database } from "./client.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.admin.unsafe(
    "create role authenticated; create role anon; create role service_role; create role editor",
  );
  await cluster.admin.unsafe(
    "create table deal (agency text, price int); insert into deal values ('mine', 1), ('yours', 1)",
  );
  await cluster.admin.unsafe(`alter table deal enable row level security; grant select, update on deal to authenticated;
    create policy own on deal using (agency = current_setting('request.jwt.claims')::json ->> 'agency_id')`);
});
afterAll(() => cluster.stop());

const roleOf = (db: Database, role?: string) =>
  asUser(db, { sub: "1", ...(role === undefined ? {} : { role }) }, async (tx) => {
    const [row] = await tx.execute<{ role: string }>(sql`select current_user as role`);
    return row?.role;
  });

test("asUser refuses a role that is not anon, authenticated or one the client names, before anything is sent", async () => {
  const db = createDbClient(cluster.url(), { max: 1 });
  const own = createDbClient(cluster.url(), { max: 1, userRoles: ["authenticated", "editor"] });
  expect([await roleOf(db), await roleOf(db, "anon"), await roleOf(own, "editor")]).toEqual([
    "authenticated",
    "anon",
    "editor",
  ]);
  for (const role of ["service_role", "postgres", "none", "", "Authenticated"])
    await expect(roleOf(db, role)).rejects.toThrow(/asUser refused the role .*authenticated or anon/);
  await expect(roleOf(own, "anon")).rejects.toThrow(/authenticated or editor/);
  await Promise.all([db.$client.end(), own.$client.end()]);
});

test("asUser refuses a client that would lose the user's role with its connection", async () => {
  const bare = drizzle(postgres(cluster.url())) as unknown as Database;
  await expect(roleOf(bare)).rejects.toThrow(/createDbClient/);
});

test("10 connections, 40 requests, sessions terminated: no request touches the rows of another agency", async () => {
  const db = createDbClient(cluster.url(), { max: 10, connection: { application_name: "requests" } });
  for (let round = 0; round < 5; round++) {
    const requests = Array.from({ length: 40 }, () =>
      asUser(db, { sub: "1", agency_id: "mine" }, async (tx) => {
        for (let step = 0; step < 4; step++)
          await tx.execute(sql`update deal set price = price + 1 where pg_sleep(0.002) is not null`).catch(() => {});
      }),
    );
    const settled = Promise.allSettled(requests);
    await cluster.admin`select pg_terminate_backend(pid), pg_sleep(0.01) from pg_stat_activity where application_name = 'requests'`;
    expect((await settled).length).toBe(40);
  }
  expect(await cluster.admin`select price from deal where agency = 'yours'`).toMatchObject([{ price: 1 }]);
  await db.$client.end();
});

test("a nested transaction of Drizzle whose session is lost rejects once and writes nothing", async () => {
  const db = createDbClient(cluster.url(), { max: 1 });
  const before = await cluster.admin`select sum(price)::int as sum from deal`;
  const done = db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await tx
      .transaction(async () => cluster.admin`select pg_terminate_backend(${row?.pid ?? 0}, 5000)`)
      .catch(() => {});
    await tx.transaction((inner) => inner.execute(sql`update deal set price = 99`)).catch(() => {});
  });
  await expect(done).rejects.toMatchObject({ code: "57P01" });
  expect(await cluster.admin`select sum(price)::int as sum from deal`).toEqual(before);
  await db.$client.end();
});
