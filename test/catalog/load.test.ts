import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorOf } from "../database/migrated.ts";
import { type Fleet, heldBack, readAtOnce, startFleet } from "./load.ts";

// The short form; `npm run campaign -- catalog-load` is the long one: 50 previews with 10 sessions each.

const LIMIT = 12;
const limits = {
  connectionLimit: LIMIT,
  idleSessionTimeoutSeconds: 2,
  idleInTransactionTimeoutSeconds: 2,
  transactionTimeoutSeconds: 4,
};
let fleet: Fleet;
let open: Sql[] = [];

beforeAll(async () => {
  fleet = await startFleet({ previews: 3, limits });
});
afterAll(() => fleet?.remove());

test("as many sessions as the reader may hold read at once without an error", async () => {
  const { errors, answered, peak, ...rest } = await readAtOnce(fleet, {
    previews: 3,
    backends: 4,
    reads: 5,
    pause: () => 5,
  });
  open = rest.open;
  expect(errors).toEqual({});
  expect([answered, peak]).toEqual([60, LIMIT]);
});

test("one more is refused with a reason; the others go on", async () => {
  const extra = fleet.session(0);
  const { code, detail } = await errorOf(extra`select count(*) from catalog.thing`);
  expect([code, detail]).toEqual([
    "08001",
    expect.stringContaining('too many connections for role "fdw_catalog_ro_a"'),
  ]);
  await open[0]?.unsafe("select count(*) from catalog.thing");
  await extra.end();
});

test("Production's sessions return to zero when no client reads, and come back unseen", async () => {
  await expect.poll(fleet.readers, { timeout: 8000 }).toBe(0);
  await Promise.all(open.map((sql) => sql`select count(*) from catalog.thing`));
  expect(await fleet.readers()).toBe(LIMIT);
  await Promise.all(open.map((sql) => sql.end()));
  await expect.poll(fleet.readers, { timeout: 8000 }).toBe(0);
});

test("an open transaction of a preview holds vacuum back no longer than its time-out", async () => {
  const holder = fleet.session(1);
  await holder.unsafe("begin; select count(*) from catalog.thing");
  const began = performance.now();
  await fleet.prod.sql`delete from catalog.thing where id <= 500`;
  expect(await heldBack(fleet)).toBe(500);
  await expect.poll(() => heldBack(fleet), { timeout: 10_000, interval: 250 }).toBe(0);
  expect((performance.now() - began) / 1000).toBeLessThan(limits.idleInTransactionTimeoutSeconds + 3);
  expect((await errorOf(holder`select count(*) from catalog.thing`)).code).toMatch(/^(08006|25P03)$/);
  await holder.unsafe("rollback");
  await holder`select count(*) from catalog.thing`;
  await holder.end();
});

test("nor does one that never rests", { timeout: 30_000 }, async () => {
  const holder = fleet.session(2);
  await holder.unsafe("begin; select count(*) from catalog.thing");
  const began = performance.now();
  await fleet.prod.sql`delete from catalog.thing where id <= 1000`;
  expect(await heldBack(fleet)).toBe(500);
  const readOn = async (): Promise<never> => {
    for (;;) {
      await holder`select count(*) from catalog.thing`;
      await sleep(100);
    }
  };
  expect((await errorOf(readOn())).code).toMatch(/^(08006|25P04)$/);
  const seconds = (performance.now() - began) / 1000;
  expect(seconds).toBeGreaterThan(limits.idleInTransactionTimeoutSeconds + 0.5);
  expect(seconds).toBeLessThan(limits.transactionTimeoutSeconds + 3);
  expect(await heldBack(fleet)).toBe(0);
  await holder.end();
});
