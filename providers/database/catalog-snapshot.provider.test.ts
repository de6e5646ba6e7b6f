import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { migrationsFolder as ours } from "../../test/database/migrated.ts";
import { whileBlocked } from "../../test/support/blocking-login.ts";
import { test } from "../../test/support/cloud.ts";
import { configurationOf, Driven, type DrivenOf } from "../../test/support/provider-call.ts";
import type { TestDatabase } from "../../test/support/test-cloud.ts";
import { catalogSnapshot } from "./catalog-snapshot.provider.ts";
import type { Configuration } from "./configuration.ts";
import { keyOf } from "./connection/key.ts";
import { readerRole } from "./reader-role.provider.ts";

let shop: TestDatabase;
let branch: TestDatabase;
let configs: [Configuration, Configuration];
let reader: DrivenOf<typeof readerRole>;
let snapshot: DrivenOf<typeof catalogSnapshot>;

// The branch's tables have what a copy must leave as it is: triggers, an identity, keys with comments, policies, grants.
const schemaSql = `
  create schema shop;
  create table shop.product (id int generated always as identity primary key, name text not null, parent int);
  alter table shop.product add constraint parent_fk foreign key (parent) references shop.product;
  create table shop.price (
    product int not null constraint product_fk references shop.product, amount numeric(10, 2), rounded int generated always as (amount::int) stored);`;

test.beforeAll(async ({ cloud }) => {
  [shop, branch] = [await cloud.createDatabase("shop"), await cloud.createDatabase("branch")];
  configs = [configurationOf(shop), configurationOf(branch)];
  await Promise.all([shop.sql.unsafe(schemaSql), branch.sql.unsafe(schemaSql)]);
  await shop.sql.unsafe(`
    insert into shop.product (name, parent) values ('rope', null), ('knot', 1), ('it''s "odd"', 2);
    insert into shop.price (product, amount) values (1, 9.5), (2, 3.25);`);
  await branch.sql.unsafe(`
    create function shop.refuse() returns trigger language plpgsql as $$ begin raise exception 'a trigger ran'; end $$;
    create trigger always before insert on shop.product for each row execute function shop.refuse();
    alter table shop.product enable always trigger always;
    create trigger never before insert on shop.price for each row execute function shop.refuse();
    alter table shop.price disable trigger never;
    alter table shop.price enable row level security;
    create policy mine on shop.price to authenticated using (amount > 0);
    grant select (amount) on shop.price to authenticated;
    comment on constraint product_fk on shop.price is 'kept';
    create index cheap on shop.price (amount desc) where amount < 5;
    comment on index shop.cheap is 'kept, too';
    create unique index as_named on shop.product (lower(name));
    create index stays on shop.price (rounded);
    alter table shop.price cluster on stays;
    create view public.names as select name from shop.product;
    select vault.create_secret('placeholder', 'shop_password');`);
  await branch.sql.unsafe(await readFile(join(ours, "0000_environment.sql"), "utf8"));
  reader = new Driven(readerRole, configs[0]);
  await reader.up({ projectRef: shop.ref, name: "shop_reader", schema: "shop" });
  await branch.sql`select vault.update_secret(id, ${String(reader.state.password)}) from vault.secrets`;
  snapshot = new Driven(catalogSnapshot, configs[1]);
});
afterAll(async () => {
  await Promise.all((configs ?? []).map(({ database }) => database?.close()));
});

const program = (more: object = {}) => ({
  projectRef: branch.ref,
  server: "shop_copy",
  remoteSchema: "shop",
  localSchema: "shop",
  tables: ["product", "price"],
  user: reader.state.user,
  vaultSecret: "shop_password",
  options: { host: shop.host, port: String(shop.port), dbname: "postgres", sslmode: "require" },
  timeoutSeconds: 2,
  ...more,
});

/** Everything about the branch's tables but their rows. */
async function belongings(): Promise<object[]> {
  return branch.sql.unsafe(`
    select c.oid::int, c.relname, c.relacl::text, c.relrowsecurity,
      (select string_agg(format('%s %s', tgname, tgenabled), ',' order by tgname) from pg_trigger t where t.tgrelid = c.oid and not tgisinternal) as triggers,
      (select string_agg(conname || pg_get_constraintdef(k.oid) || coalesce(obj_description(k.oid), ''), ',' order by conname)
       from pg_constraint k where k.conrelid = c.oid) as keys,
      (select string_agg(attname || coalesce(attacl::text, ''), ',' order by attnum) from pg_attribute a where a.attrelid = c.oid and attnum > 0) as columns,
      (select string_agg(concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisclustered, obj_description(i.indexrelid)), ',' order by i.indexrelid::regclass::text)
       from pg_index i where i.indrelid = c.oid) as indexes,
      (select string_agg(polname, ',') from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relnamespace = 'shop'::regnamespace and c.relkind = 'r' order by 2`);
}

/** Rows the foreign tables of a copy fetch at a time. */
async function fetchSizes(): Promise<Record<string, number>> {
  const [row] = await branch.sql`
    select jsonb_object_agg(c.relname, o.option_value::int) as sizes
    from pg_foreign_table f join pg_class c on c.oid = f.ftrelid cross join pg_options_to_table(f.ftoptions) o
    where o.option_name = 'fetch_size'`;
  return row?.sizes ?? {};
}

test("it fills the tables and leaves all that belongs to them as it was", async () => {
  const before = await belongings();
  // Any login can take the key that copies wait for each other by.
  const blocked = { owner: branch.sql, connect: branch.connect, key: keyOf("environment.catalog_snapshot") };
  const { ended } = await whileBlocked(blocked, () => snapshot.up(program()));
  expect(ended).toBe(true);
  expect(await belongings()).toEqual(before);
  expect(await branch.sql`select name, parent from shop.product order by id`).toEqual([
    { name: "rope", parent: null },
    { name: "knot", parent: 1 },
    { name: 'it\'s "odd"', parent: 2 },
  ]);
  expect(await branch.sql`select product, rounded from shop.price order by 1`).toEqual([
    { product: 1, rounded: 10 },
    { product: 2, rounded: 3 },
  ]);
  expect(await branch.sql`select from public.names`).toHaveLength(3);
  const [next] = await branch.sql`select nextval(pg_get_serial_sequence('shop.product', 'id')) as id`;
  expect(Number(next?.id)).toBe(4);
  expect(await branch.sql`select from pg_foreign_server`).toHaveLength(0);
  expect(snapshot.state).toMatchObject({ rows: { product: 3, price: 2 }, differences: [] });
});

test("its copies are seen by no other role, and one the server lost in a crash is made again", async () => {
  await branch.sql.unsafe("alter table shop.price add constraint cheap check (amount < 5) not valid");
  await shop.sql.unsafe("update shop.product set name = repeat('wide ', 100000) where id = 2");
  await expect(snapshot.up(program({ generation: 2 }))).rejects.toThrow(/does not fit.*SQLSTATE 23514.*cheap/s);
  await shop.sql.unsafe("update shop.product set name = 'knot' where id = 2");
  // Three rows of 500 kB in all: 96 of them are 16 MB.
  expect(await fetchSizes()).toEqual({ price: 10_000, product: 95 });
  expect(await branch.sql`select from shop.price`).toHaveLength(2);
  for (const schema of ["catalog_remote", "catalog_incoming"]) {
    const [seen] = await branch.sql`
      select has_schema_privilege('authenticated', ${schema}, 'usage') or has_schema_privilege('service_role', ${schema}, 'usage') as seen`;
    expect(seen).toEqual({ seen: false });
  }
  // What a crash leaves of an unlogged table.
  await branch.sql.unsafe("alter table shop.price drop constraint cheap; truncate catalog_incoming.product");
  snapshot.messages.length = 0;
  await snapshot.up(program({ generation: 2 }));
  const said = snapshot.messages.join("\n");
  expect(said).toMatch(/price: 2 rows, copied before the interruption/);
  expect(said).toMatch(/product: 3 rows in/);
});

test("a publisher that does not answer changes nothing, and what is there is read without it", async () => {
  const nowhere = { options: { ...program().options, port: "1" } };
  const failing = snapshot.up(program({ ...nowhere, generation: 3 }));
  await expect(failing).rejects.toThrow(/Taking a snapshot of the catalog.*08001.*Next:/s);
  expect(await branch.sql`select from shop.product`).toHaveLength(3);
  await snapshot.refresh();
  expect(snapshot.state.differences).toEqual([]);
  expect(snapshot.diff(program({ ...nowhere, generation: 2 }))).toEqual([]);
});

test("a table added to the list is copied by itself, and one that is gone is told", async () => {
  await shop.sql.unsafe("create table shop.extra (id int); insert into shop.extra values (1)");
  await branch.sql.unsafe("create table shop.extra (id bigint); update shop.product set name = 'mine' where id = 1");
  const wider = program({ generation: 2, tables: ["product", "price", "extra"] });
  expect(await snapshot.up(wider)).toEqual(["tables[2]"]);
  expect(snapshot.state.notes).toEqual(["extra.id: integer of the publisher becomes bigint"]);
  expect(await branch.sql`select name from shop.product where id = 1`).toEqual([{ name: "mine" }]);
  await branch.sql`drop table shop.extra`;
  await snapshot.refresh();
  expect(snapshot.state.differences).toEqual(["shop.extra is gone"]);
  await expect(snapshot.up(wider)).rejects.toThrow(/no table to fill for shop\.extra.*Migrations/);
});

test("types of the publisher's own are read as what they are made of, whether this database has them or not", async () => {
  const types = "create type shop.size as enum ('s', 'm'); create domain shop.sku as varchar(8) check (value <> '')";
  await shop.sql.unsafe(`${types};
    create table shop.variant (id int, size shop.size, sku shop.sku, sizes shop.size[]);
    insert into shop.variant values (1, 's', 'a-1', '{s,m}')`);
  await branch.sql.unsafe("create table shop.variant (id int, size text, sku varchar(8), sizes text[])");
  const wanted = (generation: number) => program({ generation, tables: ["variant"] });
  const copied = [{ id: 1, size: "s", sku: "a-1", sizes: "{s,m}" }];
  await snapshot.up(wanted(5));
  expect(snapshot.state.notes).toEqual([]);
  expect(await branch.sql`select id, size, sku, sizes::text from shop.variant`).toEqual(copied);
  await branch.sql.unsafe(`${types}; drop table shop.variant;
    create table shop.variant (id int, size shop.size, sku shop.sku, sizes shop.size[])`);
  await snapshot.up(program({ generation: 6, tables: ["variant"], discardCatalogRows: "local-to-snapshot" }));
  expect(snapshot.state.notes).toEqual([]);
  expect(await branch.sql`select id, size, sku, sizes::text from shop.variant`).toEqual(copied);
  await shop.sql`alter type shop.size add value 'l'`;
  await shop.sql`update shop.variant set size = 'l'`;
  await expect(snapshot.up(wanted(7))).rejects.toThrow(/22P02.*enum shop\.size: "l"/s);
  expect(await branch.sql`select id, size, sku, sizes::text from shop.variant`).toEqual(copied);
});

test("deleting it leaves the rows and nothing else", async () => {
  await snapshot.delete();
  await snapshot.delete();
  expect(await branch.sql`select from shop.product`).toHaveLength(3);
  expect(await branch.sql`select from pg_foreign_server`).toHaveLength(0);
  expect(
    await branch.sql`select from pg_namespace where nspname in ('catalog_remote', 'catalog_incoming')`,
  ).toHaveLength(0);
  expect(await branch.sql`select from environment.settings where name = 'catalog_snapshot'`).toHaveLength(0);
});
