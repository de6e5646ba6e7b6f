import postgres, { type Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, startCluster } from "../test/support/cluster.ts";
import { type MigrationsFolder, migrationsFolder } from "../test/support/migrations.ts";
import { apply, plan, runMigrations, status } from "./migrate.ts";

let cluster: Cluster;
let sql: Sql;
let made: MigrationsFolder;
const opened: Sql[] = [];
const folders: MigrationsFolder[] = [];

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(async () => {
  await cluster?.stop();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.end({ timeout: 1 })));
  await Promise.all(folders.splice(0).map((each) => each.delete()));
});

async function fresh(): Promise<string> {
  const url = cluster.url(await cluster.createDatabase());
  sql = connect(url);
  made = await migrationsFolder();
  folders.push(made);
  return url;
}

function connect(url: string, max = 1): Sql {
  const connection = postgres(url, { max, onnotice: () => {} });
  opened.push(connection);
  return connection;
}

async function ledger(): Promise<string[]> {
  return (await sql`select created_at from drizzle.__drizzle_migrations order by id`).map((row) =>
    String(row.created_at),
  );
}

async function locks(): Promise<number> {
  return (await cluster.admin`select 1 from pg_locks where locktype = 'advisory'`).length;
}

describe("apply", () => {
  test("applies what is pending once, keeps nine when the tenth fails, and leaves no lock", async () => {
    await fresh();
    for (let n = 1; n <= 9; n++)
      await made.add(
        `000${n}_t`,
        `create table t${n} (id int);--> statement-breakpoint\ninsert into t${n} values (${n});`,
      );
    await made.add(
      "0010_bad",
      "create table t10 (id int);\ninsert into t10 values (1);\n\ninsert into nowhere values (1);",
    );
    await made.add("0011_after", "create table t11 (id int);");
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      code: "statement",
      details: { tag: "0010_bad", line: 4, column: 13, statement: 3, total: 3, sqlstate: "42P01" },
    });
    expect((await ledger()).length).toBe(9);
    expect(await locks()).toBe(0);
    await made.write("0010_bad", "create table t10 (id int);");
    const result = await apply(sql, { folder: made.folder });
    expect(result.applied.map(({ tag }) => tag)).toEqual(["0010_bad", "0011_after"]);
    expect(result.alreadyApplied).toBe(9);
    expect((await apply(sql, { folder: made.folder })).applied).toEqual([]);
    expect((await status(sql, { folder: made.folder })).upToDate).toBe(true);
    expect(await sql`select count(*)::int as n from t9`).toMatchObject([{ n: 1 }]);
  });

  test("a syntax error and a failing commit stop everything behind them", async () => {
    await fresh();
    await made.add(
      "0001_parent",
      "create table parent (id int primary key);create table child (id int references parent deferrable initially deferred);",
    );
    await made.add("0002_orphan", "insert into child values (7);");
    await made.add("0003_after", "create table after_commit (id int);");
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      code: "statement",
      details: { tag: "0002_orphan", sqlstate: "23503" },
    });
    expect((await ledger()).length).toBe(1);
    await made.write("0002_orphan", "creat table x (id int);");
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      details: { tag: "0002_orphan", sqlstate: "42601", line: 1, column: 1 },
    });
    expect((await ledger()).length).toBe(1);
    expect(await sql`select to_regclass('after_commit') as found`).toMatchObject([{ found: null }]);
  });

  test("works over a pool and reports every statement", async () => {
    const url = await fresh();
    await made.add("0001_a", "create table a (id int);--> statement-breakpoint\ncreate table b (id int);");
    const events: string[] = [];
    const pool = connect(url, 4);
    await apply(pool, {
      folder: made.folder,
      onProgress: (event) => events.push(event.kind === "statement" ? `${event.statement}/${event.total}` : event.kind),
    });
    expect(events).toEqual(["1/2", "2/2", "migration"]);
    expect((await runMigrations(url, { folder: made.folder })).alreadyApplied).toBe(1);
  });
});

describe("plan", () => {
  test("changes nothing and names what is pending", async () => {
    await fresh();
    await made.add("0001_a", "create table a (id int);");
    const planned = await plan(sql, { folder: made.folder, settings: { catalog: "foreign" } });
    expect(planned.pending).toMatchObject([{ tag: "0001_a", transaction: true }]);
    expect(planned.settings).toEqual([{ name: "catalog", to: "foreign", change: "set" }]);
    expect(await sql`select 1 from pg_namespace where nspname in ('drizzle', 'environment')`).toHaveLength(0);
    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
  });

  test("refuses edited, deleted and unknown ones, and takes what is out of order", async () => {
    await fresh();
    await made.add("0001_a", "create table a (id int);");
    await made.add("0003_c", "create table c (id int);", 1_700_000_900_000);
    await apply(sql, { folder: made.folder });
    await made.add("0002_b", "create table b (id int);", 1_700_000_002_000);
    await made.list(["0001_a", "0002_b", "0003_c"]);
    expect((await plan(sql, { folder: made.folder })).outOfOrder).toMatchObject([{ tag: "0002_b" }]);
    await expect(apply(sql, { folder: made.folder, strict: true })).rejects.toMatchObject({ code: "out-of-order" });
    expect((await apply(sql, { folder: made.folder })).outOfOrder).toEqual(["0002_b"]);
    await made.write("0001_a", "create table a (id int); -- edited");
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      code: "edited",
      details: { tag: "0001_a" },
    });
    expect((await apply(sql, { folder: made.folder, acceptEdited: ["0001_a"] })).acceptedEdits).toEqual(["0001_a"]);
    await made.remove("0002_b");
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      code: "deleted",
      details: { tag: "0002_b" },
    });
    await made.list(["0001_a", "0003_c"]);
    await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({
      code: "deleted",
      details: { tag: "0002_b" },
    });
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('someone else', 5)`;
    await expect(apply(sql, { folder: made.folder })).rejects.toThrow(/db:baseline/);
  });

  test("stores settings before the first migration and refuses a contradiction afterwards", async () => {
    await fresh();
    await made.add(
      "0001_a",
      "create table a as select value #>> '{}' as mode from environment.settings where name = 'catalog';",
    );
    const foreign = { catalog: "foreign", catalog_source: { host: "one" } };
    await apply(sql, { folder: made.folder, settings: foreign });
    expect(await sql`select mode from a`).toMatchObject([{ mode: "foreign" }]);
    await expect(apply(sql, { folder: made.folder, settings: { catalog: "local" } })).rejects.toMatchObject({
      code: "settings",
    });
    const moved = await apply(sql, { folder: made.folder, settings: { ...foreign, catalog_source: { host: "two" } } });
    expect(moved.settings).toMatchObject([{ name: "catalog_source", change: "update" }]);
    await apply(sql, { folder: made.folder, settings: { catalog: "local" }, allowSettingChange: ["catalog"] });
    expect(await sql`select value from environment.settings where name = 'catalog'`).toMatchObject([
      { value: "local" },
    ]);
  });
});
