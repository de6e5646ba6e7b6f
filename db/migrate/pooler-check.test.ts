import postgres, { type Sql } from "postgres";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { findPgBouncer, type PgBouncer, startPgBouncer } from "../../test/support/pgbouncer.ts";
import { apply } from "../migrate.ts";

const binary = findPgBouncer();
let pooler: PgBouncer | undefined;
let through: Sql | undefined;

beforeEach(async () => {
  await bench.made.add("0001_t", "create table t (id int);");
});
afterEach(async () => {
  await through?.end({ timeout: 1 });
  await pooler?.stop();
  pooler = undefined;
});

test("refuses port 6543 without asking it, and says what to use", async () => {
  const sql = postgres(
    "postgres://postgres.cmktvanwglszgadjrorm:x@aws-1-ca-central-1.pooler.supabase.com:6543/postgres",
    { max: 1 },
  );
  const refused = await apply(sql, { folder: bench.made.folder }).catch((error: Error) => error.message);
  expect(refused).toContain(
    "session pooler: host aws-1-ca-central-1.pooler.supabase.com, port 5432, user postgres.cmktvanwglszgadjrorm",
  );
  expect(refused).toContain("host db.cmktvanwglszgadjrorm.supabase.co, port 5432, user postgres");
});

describe.skipIf(!binary)("through PgBouncer", () => {
  async function connect(mode: "session" | "transaction", settings: string[] = []): Promise<Sql> {
    pooler = await startPgBouncer({ binary: binary ?? "", cluster, mode, settings });
    through = postgres(pooler.url(new URL(bench.url).pathname.slice(1)), { max: 1, onnotice: () => {} });
    return through;
  }

  test.each([
    ["as it comes", []],
    ["that takes its servers in turn", ["server_round_robin = 1", "min_pool_size = 3"]],
    ["with one server", ["default_pool_size = 1"]],
  ])("refuses transaction mode %s, and leaves neither table nor lock", async (_, settings) => {
    const sql = await connect("transaction", settings);
    await sql`select 1`;
    await expect(apply(sql, { folder: bench.made.folder })).rejects.toMatchObject({ code: "transaction-pooler" });
    expect(await bench.has("t")).toBe(false);
    expect(await bench.locks()).toBe(0);
  });

  test.each([
    ["as it comes", []],
    ["with a full pool", ["default_pool_size = 1"]],
  ])("works in session mode %s", async (_, settings) => {
    const sql = await connect("session", settings);
    expect((await apply(sql, { folder: bench.made.folder })).applied).toHaveLength(1);
    expect(await bench.has("t")).toBe(true);
    expect(await bench.locks()).toBe(0);
  });
});
