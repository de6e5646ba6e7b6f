import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildFactBase, plan } from "@supabase/pg-delta";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import { readSchema } from "../../operations/drift/core/layers/schema-facts.ts";
import { repairStack } from "../../operations/drift/repair.ts";
import { Pair } from "./pair.ts";

const MINUTES = 60_000;
let pair: Pair;

beforeAll(async () => {
  pair = await Pair.start();
  for (const stack of ["prod", "preview"] as const) {
    const sql = await pair.sql(stack, "platform");
    // It takes transaction ids of its own.
    await sql`alter system set autovacuum = off`;
    await sql`select pg_reload_conf()`;
  }
}, 5 * MINUTES);
afterAll(() => pair?.remove());

/**
 * Everything that a check must leave as it is, from before the first to after the last statement. The dump of the schema is
 * pg-delta's: Postgres here comes without pg_dump. The rows of every catalog, with who wrote them, are more than a dump.
 */
async function fingerprint(stack: string): Promise<Record<string, unknown>> {
  const sql = await pair.sql(stack, "platform");
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^(pg_toast|pg_temp)' order by 1`;
  const rows: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select count(*), md5(string_agg(concat_ws(' ', ctid, xmin, xmax, t), '|' order by ctid)) as sum from ${name} t`,
    );
    rows[name] = `${row?.count} ${row?.sum}`;
  }
  const [ids] = await sql`
    select pg_snapshot_xmax(pg_current_snapshot())::text as next_transaction, next_oid, next_multixact_id
    from pg_control_checkpoint()`;
  const roles = await sql`select to_jsonb(a) as role from pg_authid a order by rolname`;
  const { facts } = await readSchema(await pair.target(stack, "platform"));
  const dump = plan(buildFactBase([], []), facts).actions.map((action) => action.sql);
  return { rows, ids, roles, dump };
}

const stateOf = (stack: string) => readFile(localBackend(pair.dataDir, "tailfire", stack).checkpoint, "utf8");

test("fresh, in every mode of the catalog: nothing is found", { timeout: 3 * MINUTES }, async () => {
  for (const [stack, catalog] of await pair.inEveryMode((name) => pair.up(name))) {
    expect(await pair.check(stack)).toMatchObject({ stack, catalog, status: "clean", findings: [], notes: [] });
  }
});

test("a check takes no transaction id, changes no row, role, catalog or state", { timeout: 3 * MINUTES }, async () => {
  const before = await Promise.all(["prod", "preview"].map(fingerprint));
  expect(before[0]?.dump).toContainEqual(expect.stringMatching(/^CREATE TABLE "public"."trips"/));
  const states = await Promise.all(["prod", "preview"].map(stateOf));
  for (const stack of ["prod", "preview"] as const) {
    expect(await pair.check(stack)).toMatchObject({ status: "clean" });
  }
  expect(await Promise.all(["prod", "preview"].map(fingerprint))).toEqual(before);
  expect(await Promise.all(["prod", "preview"].map(stateOf))).toEqual(states);
});

test("a check while an up runs neither stops it nor reports half of it", { timeout: 3 * MINUTES }, async () => {
  const [, result] = await Promise.all([pair.up("preview"), pair.check("preview")]);
  expect(["busy", "clean"]).toContain(result.status);
});

test("repair: what is safe, after a yes; Production only by name; the rest is written down", {
  timeout: 4 * MINUTES,
}, async () => {
  const sql = await pair.sql("prod");
  await sql`drop index public.trips_newest_idx`;
  await sql`create index by_hand on public.trips (destination)`;
  const found = await pair.check("prod");
  const said: string[] = [];
  const options = {
    cloud: "local",
    dataDir: pair.dataDir,
    confirm: async () => undefined,
    say: (line: string) => void said.push(line),
  } as const;
  await expect(repairStack(found, { ...options, protectedStack: undefined })).rejects.toThrow(
    /protected.*--protected prod/s,
  );
  await repairStack(found, { ...options, protectedStack: "prod" });
  const left = await pair.check("prod");
  expect(left.findings.map(({ object }) => object)).toEqual(["index public.by_hand"]);
  const file = await readFile(join(pair.dataDir, "drift", "repair", "prod.take-back.sql"), "utf8");
  expect(file).toMatch(/DROP INDEX "?public"?\."?by_hand/i);
  const keep = await readFile(join(pair.dataDir, "drift", "repair", "prod.keep.sql"), "utf8");
  expect(keep).toMatch(/CREATE INDEX by_hand/i);
  await sql`drop index public.by_hand`;
});
