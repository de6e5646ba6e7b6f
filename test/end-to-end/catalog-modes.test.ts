import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { changeStackSettings, type StackSettings } from "../../operations/session/stack-settings.ts";
import { withSql } from "../support/environment.ts";
import { place, test } from "../support/pair.ts";
import { type Finished, runTask, startTask } from "../support/run.ts";

const MINUTES = 60_000;
const { dataDir } = place;
let prod: EnvironmentStack;
let preview: EnvironmentStack;
let cloud: LocalCloud;

test.beforeAll(async ({ pair }) => {
  ({ stack: prod, cloud } = await pair.open("prod"));
  await withSql(prod, (sql) => loadSampleCatalog(sql, { sailings: 50 }));
  ({ stack: preview } = await pair.open("preview"));
}, 5 * MINUTES);

const configure = (settings: StackSettings) => changeStackSettings({ dataDir, stack: "preview" }, settings);
const task = (name: "up" | "preview", ...args: string[]): Promise<Finished> =>
  runTask(name, ["preview", ...args], { dataDir });
const rows = (table: string) =>
  withSql(preview, async (sql) => {
    const [, found] = await sql.begin((tx) => [
      tx`set local role authenticated`,
      tx<{ n: string }[]>`select count(*) as n from ${tx(`catalog.${table}`)}`,
    ]);
    return Number(found?.[0]?.n);
  });

/** Pauses Production, or brings it back: its database really stops. */
async function setProduction(verb: "pause" | "restore", status: string): Promise<void> {
  const ref = String((await prod.outputs()).ref?.value);
  const url = `${cloud.endpoint}/v1/projects/${ref}`;
  const headers = { authorization: `Bearer ${organizationOf(cloud, "prod").token}` };
  await fetch(`${url}/${verb}`, { method: "POST", headers });
  for (const deadline = Date.now() + MINUTES; Date.now() < deadline; await sleep(200)) {
    const body = (await (await fetch(url, { headers })).json()) as { status: string };
    if (body.status === status) return;
  }
  throw new Error(`Production did not become ${status}`);
}

test("a switch to a copy is named by preview, killed half-way, and finished by the next up", {
  timeout: 3 * MINUTES,
}, async () => {
  await configure({ catalog: "snapshot" });
  const planned = await task("preview");
  expect(planned.output).toMatch(/Migrations main.*settings\.catalog/);
  expect(planned.output).toMatch(/the catalog switches from foreign to snapshot.*no row is dropped/);
  expect(planned.output).toMatch(/CatalogSnapshot main .*would be created/);
  expect(planned.output).toMatch(/ForeignCatalog main .*would be deleted/);

  await withSql(prod, async (gate) => {
    await gate.unsafe(`
      alter table catalog.cruise_ports enable row level security;
      create policy gate on catalog.cruise_ports to fdw_catalog_ro using (
        current_setting('application_name') !~ '^catalog snapshot' or pg_advisory_xact_lock_shared(42) is not null);
      select pg_advisory_lock(42)`);
    const cut = startTask("up", ["preview"], { dataDir });
    for (const deadline = Date.now() + MINUTES; ; await sleep(50)) {
      const [waiting] = await gate`select from pg_locks where locktype = 'advisory' and objid = 42 and not granted`;
      if (waiting) break;
      if (Date.now() > deadline || !cut.isRunning()) throw new Error("up did not come to the ports");
    }
    cut.signal("SIGKILL");
    await cut.ended;
    await gate.unsafe(`
      drop policy gate on catalog.cruise_ports; alter table catalog.cruise_ports disable row level security;
      select pg_advisory_unlock(42)`);
  });
  // An engine that outlived its program for a moment holds the stack.
  let done = await task("up");
  for (let tries = 0; done.code === 4 && tries < 20; tries++) done = await task("up");
  expect(done.output).toMatch(/CatalogSnapshot main: cruise_sailings: 50 rows, copied before the interruption/);
  expect(done.output).toMatch(/CatalogSnapshot main: cruise_ports: \d+ rows in/);
  expect(done.code, done.output).toBe(0);
  expect(await rows("cruise_sailings")).toBe(50);
});

test("with Production down it reads, and up changes nothing", { timeout: 2 * MINUTES }, async () => {
  await setProduction("pause", "INACTIVE");
  expect(await rows("cruise_sailings")).toBe(50);
  const again = await task("up", "--expect-no-changes");
  expect(again.code, again.output).toBe(0);
  const drift = await runTask("drift", ["preview"], { dataDir });
  expect(drift.code, drift.output).toBe(0);
  await setProduction("restore", "ACTIVE_HEALTHY");
});

test("back to foreign tables is refused without a yes, and with it nothing of the copy is left", {
  timeout: 3 * MINUTES,
}, async () => {
  await configure({ catalog: "subscribe" });
  const refused = await task("up");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(
    /switches from snapshot to foreign.*refuses this unless discardCatalogRows is snapshot-to-foreign/,
  );
  expect(refused.output).toMatch(/would drop rows of: .*catalog\.cruise_sailings.*Nothing was changed/s);
  expect(await rows("cruise_sailings")).toBe(50);
  await configure({ discardCatalogRows: "snapshot-to-foreign" });
  const done = await task("up");
  expect(done.code, done.output).toBe(0);
  await withSql(preview, async (sql) => {
    expect(await sql`select srvname from pg_foreign_server`).toEqual([{ srvname: "prod_catalog" }]);
    expect(await sql`select from pg_class where relkind = 'f'`).toHaveLength(16);
  });
  expect(await rows("cruise_sailings")).toBe(50);
});

test("foreign tables become tables of its own, empty, and the password leaves the Vault", {
  timeout: 2 * MINUTES,
}, async () => {
  await configure({ catalog: "standalone", discardCatalogRows: "" });
  const refused = await task("up");
  expect(refused.code, refused.output).toBe(3);
  expect(refused.output).toMatch(/it deletes VaultSecret main-reader; data is lost. Nothing was changed/);
  const done = await task("up", "--lose", "VaultSecret main-reader");
  expect(done.code, done.output).toBe(0);
  expect(done.output).toMatch(/switches from foreign to local.*no row is dropped/);
  expect(await rows("cruise_sailings")).toBe(0);
  await withSql(preview, async (sql) => {
    expect(await sql`select from pg_foreign_server`).toHaveLength(0);
    expect(await sql`select from vault.secrets`).toHaveLength(0);
  });
});
