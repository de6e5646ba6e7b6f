import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { migrationsFolder as ours } from "../../test/database/migrated.ts";
import { test } from "../../test/support/cloud.ts";
import { configurationOf, Driven, type DrivenOf } from "../../test/support/provider-call.ts";
import type { TestDatabase } from "../../test/support/test-cloud.ts";
import type { Configuration } from "./configuration.ts";
import { foreignCatalog } from "./foreign-catalog.provider.ts";
import { readerRole } from "./reader-role.provider.ts";
import { vaultSecret } from "./vault-secret.provider.ts";

let shop: TestDatabase;
let branch: TestDatabase;
let shopConfig: Configuration;
let config: Configuration;
let reader: DrivenOf<typeof readerRole>;
let secret: DrivenOf<typeof vaultSecret>;
let catalog: DrivenOf<typeof foreignCatalog>;
const tables = ["product", "price"];
const options = () => ({
  host: shop.host,
  port: String(shop.port),
  dbname: "postgres",
  sslmode: "require",
  tcp_user_timeout: "2000",
  updatable: "false",
});
const program = (more = {}) => ({
  projectRef: branch.ref,
  server: "shop_catalog",
  remoteSchema: "shop",
  localSchema: "shop",
  tables,
  user: reader.state.user,
  vaultSecret: "shop_password",
  secretRevision: secret.state.revision,
  options: options(),
  timeoutSeconds: 2,
  ...more,
});
const readAs = (role: string) =>
  branch.sql.begin((sql) => [sql.unsafe(`set local role ${role}`), sql.unsafe("select * from shop.product")]);

test.beforeAll(async ({ cloud }) => {
  [shop, branch] = [await cloud.createDatabase("shop"), await cloud.createDatabase("branch")];
  [shopConfig, config] = [configurationOf(shop), configurationOf(branch)];
  await shop.sql.unsafe(`
    create schema shop;
    create table shop.product (id int primary key, name text not null);
    create table shop.price (product_id int, amount numeric(10, 2));
    insert into shop.product values (1, 'rope');`);
  reader = new Driven(readerRole, shopConfig);
  await reader.up({ projectRef: shop.ref, name: "shop_reader", schema: "shop" });
  secret = new Driven(vaultSecret, config);
  await storePassword();
  catalog = new Driven(foreignCatalog, config);
});
afterAll(async () => {
  await Promise.all([shopConfig?.database?.close(), config?.database?.close()]);
});

const storePassword = (value = reader.state.password) =>
  secret.up({ projectRef: branch.ref, name: "shop_password", value });

async function settle(more = {}): Promise<void> {
  await catalog.refresh();
  await catalog.up(program(more));
  await catalog.refresh();
  expect([catalog.diff(program(more)), catalog.state.differences]).toEqual([[], []]);
}

test("without the functions it names the migration that installs them", async () => {
  await expect(catalog.up(program())).rejects.toThrow(/environment.sync_foreign_tables.*missing.*0000_environment/);
  await branch.sql.unsafe(await readFile(join(ours, "0000_environment.sql"), "utf8"));
});

test("it is set up, probed as each role, and stays as it is", async () => {
  await catalog.up(program());
  expect(catalog.state).toMatchObject({
    differences: [],
    probes: { postgres: "ok", service_role: "ok", authenticated: "ok" },
  });
  expect((await readAs("authenticated"))[1]).toEqual([{ id: 1, name: "rope" }]);
  await catalog.refresh();
  expect(await catalog.up(program())).toEqual([]);
  expect(catalog.diff(program({ tables: [...tables].reverse() }))).toEqual([]);
  const [setting] =
    await branch.sql`select value ->> 'server' as server from environment.settings where name = 'catalog_source'`;
  expect(setting).toEqual({ server: "shop_catalog" });
});

test("what is changed behind its back is a difference and is repaired", async () => {
  const outside: [string, string[], RegExp | undefined][] = [
    ["alter server shop_catalog options (set host '127.0.0.1')", ["options.host"], /could not be compared|cannot read/],
    ["alter server shop_catalog options (add fetch_size '7')", ["options.fetch_size"], undefined],
    ["alter server shop_catalog options (drop truncatable)", ["options.truncatable"], undefined],
    ["drop user mapping for authenticated server shop_catalog", ["roles[2]"], /authenticated has no mapping/],
    ["create user mapping for anon server shop_catalog options (user 'x', password 'y')", ["roles[3]"], undefined],
    [
      "alter user mapping for authenticated server shop_catalog options (set password 'wrong')",
      [],
      /authenticated cannot read.*08001/,
    ],
    [
      "alter user mapping for postgres server shop_catalog options (set password 'wrong')",
      [],
      /another password than the Vault/,
    ],
    [
      "alter user mapping for postgres server shop_catalog options (set user 'other')",
      ["user"],
      /postgres cannot read/,
    ],
    ["grant usage on foreign server shop_catalog to authenticated", [], /authenticated may use the server/],
    ["revoke select on shop.price from service_role", [], /service_role lacks select on shop.price/],
    ["grant select on shop.price to anon", [], /anon has select on shop.price/],
    ["drop foreign table shop.price", ["tables[1]"], /price: create table/],
    ["alter foreign table shop.product alter column id type bigint", [], /product.id: set type/],
    ["delete from environment.settings where name = 'catalog_source'", [], /setting catalog_source/],
    ["drop server shop_catalog cascade", [], undefined],
  ];
  for (const [statement, changed, difference] of outside) {
    await branch.sql.unsafe(statement);
    const there = await catalog.refresh();
    if (there) {
      const found = catalog.diff(program()).join(" ");
      for (const property of changed) expect(found, statement).toContain(property);
      expect(found, statement).not.toBe("");
      if (difference) expect(catalog.state.differences.join("; "), statement).toMatch(difference);
    }
    await settle();
  }
  expect((await readAs("service_role"))[1]).toEqual([{ id: 1, name: "rope" }]);
});

test("it follows the publisher and keeps what depends on its tables", async () => {
  await branch.sql.unsafe("create view public.names as select name from shop.product");
  await shop.sql.unsafe("alter table shop.product add column weight int");
  await catalog.refresh();
  expect(catalog.state.differences).toEqual(["product.weight: add column (published integer)"]);
  await settle();
  expect((await readAs("authenticated"))[1]).toEqual([{ id: 1, name: "rope", weight: null }]);
  await shop.sql.unsafe("alter table shop.product drop column name");
  await catalog.refresh();
  await expect(catalog.up(program())).rejects.toThrow(/2BP01.*view (public\.)?names/s);
  await shop.sql.unsafe("alter table shop.product add column name text not null default 'rope'");
  await settle();
  await expect(catalog.delete()).rejects.toThrow(/2BP01.*view (public\.)?names/s);
  await branch.sql.unsafe("drop view public.names");
  await shop.sql.unsafe("create table shop.stock (id int)");
  await settle({ tables: [...tables, "stock"] });
  await settle();
  await expect(catalog.up(program({ tables: [...tables, "absent"] }))).rejects.toThrow(/HV00R.*absent/s);
});

test("a rotated password: a difference while it is wrong, healed by the next up", async () => {
  const next = { projectRef: shop.ref, name: "shop_reader", schema: "shop", generation: 2 };
  await reader.up(next);
  await reader.up({ ...next, retirePrevious: true });
  await catalog.refresh();
  expect(catalog.state.differences.join()).toMatch(/08001.*refuses the reader's password/);
  expect(catalog.messages.join()).toMatch(/08001/);
  await storePassword("wrong");
  await expect(catalog.up(program())).rejects.toThrow(
    /Setting up foreign server.*08001.*password authentication.*Next:.*`up` on the publisher/s,
  );
  await storePassword();
  await settle();
});

test("a publisher that does not answer fails in bounded time, and the next up heals", async () => {
  // Accepts connections and never says a word.
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const away = program({ options: { ...options(), host: "127.0.0.1", port: String(port) } });
  const began = performance.now();
  await expect(catalog.up(away)).rejects.toThrow(/Setting up foreign server shop_catalog.*Next:/s);
  expect(performance.now() - began).toBeLessThan(8_000);
  await branch.sql.unsafe(`alter server shop_catalog options (set host '127.0.0.1', set port '${port}')`);
  const reading = performance.now();
  await catalog.refresh();
  expect(performance.now() - reading).toBeLessThan(6_000);
  expect(catalog.state.differences.join()).toMatch(/could not be compared.*57014.*cannot read/s);
  silent.close();
  await settle();
});

test("a missing Vault secret is named", async () => {
  await secret.delete();
  await catalog.refresh();
  expect(catalog.state.differences.join()).toMatch(/Vault secret .* missing/);
  await expect(catalog.up(program({ secretRevision: "other" }))).rejects.toThrow(/no secret named 'shop_password'/);
  secret.state = undefined;
  await storePassword();
  await settle();
});

test("options that hold credentials or weaken TLS are refused", () => {
  const refused = (more: object) => () => catalog.checked(program({ options: { ...options(), ...more } }));
  expect(refused({ password: "x" })).toThrow(/options.password: credentials/);
  expect(refused({ port: "6543" })).toThrow(/transaction pooler/);
  expect(refused({ host: "db.example.test", sslmode: "prefer" })).toThrow(/options.sslmode/);
  expect(() => catalog.checked(program({ tables: [] }))).toThrow(/tables/);
});

test("it is deleted, deleted again, and made again", async () => {
  await catalog.delete();
  expect(await branch.sql`select srvname from pg_foreign_server`).toEqual([]);
  await catalog.delete();
  expect(await catalog.refresh()).toBe(false);
  await catalog.up(program());
  expect(catalog.state.differences).toEqual([]);
});
