import { expect } from "vitest";
import { type RotateReport, rotate } from "../../operations/rotation/rotate.ts";
import { localStore, type Rotation } from "../../operations/rotation/store.ts";
import { errorOf } from "../database/migrated.ts";
import { connect, withSql } from "../support/environment.ts";
import { place, test } from "../support/pair.ts";
import { type Clients, startClients } from "./clients.ts";

const MINUTES = 60_000;
const store = localStore({ dataDir: place.dataDir, stack: "prod" });
const open = async (stack: string) => (await place.open(stack)).stack;
let clients: Clients;

test.beforeAll(async ({ pair }) => {
  const { stack: preview } = await pair.open("preview");
  clients = await startClients({ count: 20, connect: () => connect(preview), table: "catalog.cruise_lines" });
}, 5 * MINUTES);

function run(more: Partial<Parameters<typeof rotate>[0]> = {}): Promise<RotateReport> {
  return rotate({ publisher: "prod", subscribers: ["preview"], store, open, say: () => {}, ...more });
}

const logins = async (): Promise<string[]> =>
  withSql(await open("prod"), async (sql) => {
    const rows = await sql<{ name: string }[]>`
      select rolname as name from pg_roles where rolname ~ '^fdw_catalog_ro_[ab]$' order by 1`;
    return rows.map(({ name }) => name);
  });

test("20 clients read on while the reader is rotated; the old login is gone", { timeout: 5 * MINUTES }, async () => {
  expect(await logins()).toEqual(["fdw_catalog_ro_a"]);
  const before = clients.answered();
  const report = await run();
  expect(report).toMatchObject({ generation: 2, resumed: false, reader: "fdw_catalog_ro_b", switched: ["preview"] });
  expect(clients.answered() - before).toBeGreaterThan(100);
  expect(await logins()).toEqual(["fdw_catalog_ro_b"]);
  for (const stack of ["prod", "preview"]) {
    expect((await (await open(stack)).up({ expectNoChanges: true })).changed).toBe(false);
  }
});

test("interrupted at any point and run again, it finishes the same rotation", { timeout: 8 * MINUTES }, async () => {
  // Ends the run before its n-th step: opening a stack, or writing the configuration.
  const dying = (step: number) => {
    let steps = 0;
    const count = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      steps += 1;
      if (steps === step) throw new Error("the machine went away");
      return work();
    };
    return {
      open: (name: string) => count(() => open(name)),
      store: { read: store.read, write: (rotation: Rotation) => count(() => store.write(rotation)) },
    };
  };
  for (const step of [3, 4, 5]) {
    await expect(run(dying(step)), `step ${step}`).rejects.toThrow("the machine went away");
    expect((await store.read()).generation).toBe(3);
  }
  const report = await run();
  expect(report).toMatchObject({ generation: 3, resumed: true, reader: "fdw_catalog_ro_a" });
  expect(await logins()).toEqual(["fdw_catalog_ro_a"]);
});

test("no client saw an error in all of it", async () => {
  expect(await clients.stop()).toEqual([]);
  expect(clients.answered()).toBeGreaterThan(500);
});

test("a preview that missed a rotation says why, and heals at its next up", { timeout: 5 * MINUTES }, async () => {
  await run({ subscribers: [] });
  const preview = await open("preview");
  const seen = await preview.refresh({ previewOnly: true });
  const catalog = seen.steps.find(({ type }) => type === "database:index:ForeignCatalog");
  expect(catalog?.differences).toContain("differences");
  const refused = await withSql(preview, (sql) => errorOf(sql`select from catalog.cruise_lines limit 1`));
  expect(refused.code).toBe("08001");
  await preview.up();
  await withSql(preview, (sql) => sql`select from catalog.cruise_lines limit 1`);
  expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
});
