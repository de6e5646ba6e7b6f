import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, dryRun, plan, readMigrations } from "../migrate.ts";

// What is in a file is what runs: nothing of it vanishes, nothing of it is read as something else.

const run = () => apply(bench.sql, { folder: bench.made.folder });

/** Expects that a file is refused before anything runs, by a real run and by a rehearsal, naming file and reason. */
async function refused(sql: string | Uint8Array, reason: RegExp, tag = "0002_refused"): Promise<void> {
  await bench.made.add("0001_before", "create table before_it ();");
  await bench.made.add(tag, sql);
  for (const attempt of [run, () => dryRun(bench.sql, { folder: bench.made.folder })]) {
    const error: unknown = await attempt().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "MigrationError", code: "unsupported", details: { tag } });
    expect(String(error)).toContain(`${tag}.sql:`);
    expect(String(error)).toMatch(reason);
  }
  expect(await bench.has("before_it")).toBe(false);
  expect(await bench.locks()).toBe(0);
}

/** What psql makes of the same text. */
async function psql(sql: string, database: string): Promise<void> {
  const file = join(bench.made.folder, "psql.sql");
  await writeFile(file, sql);
  await promisify(execFile)("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, cluster.url(database)]);
}

describe("comments", () => {
  test("a comment ends at a bare carriage return, as for Postgres and psql", async () => {
    const sql = "-- first\rcreate table a (id int); -- second\rcreate table b (id int);\r";
    await psql(sql, await cluster.createDatabase());
    await bench.made.add("0001_cr", sql);
    expect((await run()).applied).toMatchObject([{ statements: 2 }]);
    expect([await bench.has("a"), await bench.has("b")]).toEqual([true, true]);
  });

  test("a statement after a bare carriage return is found at its line", async () => {
    await bench.made.add("0001_cr", "-- first\r-- second\rcreate tabel a ();");
    await expect(run()).rejects.toMatchObject({ details: { line: 3, column: 8, sqlstate: "42601" } });
  });

  test("a block comment that never ends is refused, not skipped", () =>
    refused("create table a ();\n/* note\ncreate table b ();", /:2: .*comment.*never closed/));

  test("the second part of an escape string is still one", async () => {
    const sql = "create table a as select E'x'\n  'y\\'; create table b ();--' as it;";
    // Not psql: it reads line by line and takes the second part for a string of its own.
    await bench.sql.unsafe(`begin; ${sql}; rollback`);
    await bench.made.add("0001_e", sql);
    await run();
    expect(await bench.sql`select it from a`).toEqual([{ it: "xy'; create table b ();--" }]);
  });
});

describe("COPY", () => {
  const columns = Array.from({ length: 30 }, (_, index) => `c${index}`).join(", ");
  test.each([
    ["from stdin, 1 column", "copy t (a) from stdin;"],
    ["from stdin, 30 columns", `copy public.t (${columns}) from stdin with (format csv);`],
    ["from stdin, quoted names", 'copy "a b"."c (d" ("x", "y") from stdin'],
    ["from stdin, with a comment", `copy t (${columns} -- all\n) /* of */ from /* it */ stdin`],
    ["from stdout, which means the same", "copy t from stdout"],
    ["to stdout", "copy t to stdout;"],
    ["a query to stdout", "copy (select a, b, c, d, e, f, g, h, i, j, k, l, m from t where x in (1, 2)) to stdout;"],
    ["in a group of a no-transaction file", "-- migrate: no-transaction\nbegin; copy t (a) from stdin; commit;"],
  ])("%s is refused", (_, sql) => refused(sql, /COPY (FROM|TO) STD(IN|OUT)/));

  test("to and from a file is the server's affair", async () => {
    await bench.made.add(
      "0001_t",
      "create table stdin (a int); copy stdin from program 'echo 7'; copy stdin to '/dev/null';",
    );
    await run();
    expect(await bench.sql`select a from stdin`).toEqual([{ a: 7 }]);
  });
});

describe("encodings", () => {
  const sql = "create table a (t text default 'é');";
  test.each([
    ["Latin-1", Buffer.from(sql, "latin1"), /:1: .*not UTF-8/],
    ["Latin-1 on line 3", Buffer.from(`-- one\n-- two\n${sql}`, "latin1"), /:3: .*not UTF-8/],
    ["UTF-16 with a byte-order mark", Buffer.from(`\ufeff${sql}`, "utf16le"), /UTF-16.*UTF-8/],
    ["UTF-16 big-endian", Buffer.from(`\ufeff${sql}`, "utf16le").swap16(), /UTF-16.*UTF-8/],
    ["UTF-16 without one", Buffer.from(sql, "utf16le"), /UTF-16.*UTF-8/],
    ["a second byte-order mark", Buffer.from(`\ufeff\ufeff${sql}`), /:1: .*U\+FEFF/],
    ["the mark of a second file put behind", Buffer.from(`select 1;\n\ufeff${sql}`), /:2: .*U\+FEFF/],
    ["a no-break space before a statement", Buffer.from(`select 1;\n\u00a0${sql}`), /:2: .*U\+00A0/],
    [
      "another client_encoding",
      Buffer.from(`set client_encoding to 'latin1';\n${sql}`),
      /:1: .*client_encoding is UTF8/,
    ],
    [
      "another one by its other name",
      Buffer.from(`select 1;\nSET NAMES 'SQL_ASCII';\n${sql}`),
      /:2: .*client_encoding/,
    ],
    ["another one by a call", Buffer.from(`select set_config('client_encoding', 'LATIN1', false);\n${sql}`), /:1: /],
    ["a NUL", Buffer.from("select 1;\nselect '\0';"), /:2: .*NUL/],
  ])("%s is refused", (_, bytes, reason) => refused(bytes, reason));

  test("client_encoding as the file is, as pg_dump writes it, runs", async () => {
    const said = [
      "set client_encoding = 'UTF8'",
      "SET NAMES 'utf-8'",
      "set client_encoding to default",
      "reset client_encoding",
    ];
    await bench.made.add(
      "0001_utf8",
      `${said.join(";\n")};\nselect pg_catalog.set_config('client_encoding', 'UTF8', false);\n${sql}`,
    );
    expect((await run()).applied).toHaveLength(1);
  });

  test("a byte-order mark is stripped, and hides no directive", async () => {
    await bench.made.add("0001_bom", `\ufeff-- migrate: no-transaction\ncreate table a ();`);
    await bench.made.add("0002_bom", `\ufeffcreate tabel b ();`);
    expect((await plan(bench.sql, { folder: bench.made.folder })).pending[0]).toMatchObject({ transaction: false });
    await expect(run()).rejects.toMatchObject({ details: { tag: "0002_bom", line: 1, column: 8 } });
    expect(await bench.has("a")).toBe(true);
  });

  test("a file with a byte-order mark has the hash Drizzle gives it", async () => {
    await bench.made.add("0001_bom", `\ufeffselect 1;`);
    const [migration] = await readMigrations(bench.made.folder);
    await drizzleOrmMigrate(bench.url, bench.made.folder).catch(() => {});
    await bench.made.write("0001_bom", "select 1;");
    await drizzleOrmMigrate(bench.url, bench.made.folder);
    const [plain] = await bench.hashes();
    expect(migration?.hash).not.toBe(plain);
    await bench.made.write("0001_bom", `\ufeffselect 1;`);
    expect((await plan(bench.sql, { folder: bench.made.folder })).refusals).toMatchObject([{ code: "edited" }]);
  });

  test("a journal with a byte-order mark is read", async () => {
    await writeFile(join(bench.made.folder, "meta", "_journal.json"), '\ufeff{"entries": []}');
    expect((await run()).applied).toEqual([]);
  });
});

describe("directives", () => {
  test.each([
    ["-- migrate: no-transactions", /no-transactions/],
    ["-- migrate: no-transaction please", /no-transaction please.*takes no value/],
    ["-- migrate: lock-timeout 5 s", /lock-timeout 5 s/],
    ["-- migrate: lock-timeout", /lock-timeout.*duration/],
    ["-- migrate: retries many", /retries/],
    ["-- migrate: retries 3 times", /retries 3 times/],
    ["-- migrate: LOCK-TIMEOUT 5s", /LOCK-TIMEOUT/],
    ["-- Migrate: no-transaction", /Migrate: no-transaction/],
    ["-- migrate : no-transaction", /migrate : no-transaction/],
    ["-- migrate no-transaction", /migrate no-transaction/],
    ["-- migration: no-transaction", /migration: no-transaction/],
    ["-- migrate: no_transaction", /no_transaction/],
    ["--migrate:", /migrate:/],
    ["--- migrate: no-transaction", /--- migrate: no-transaction/],
    ["---migrate: lock-timeout 5s", /---migrate/],
    ["-- - migrate: retries 5", /- migrate: retries 5/],
    ["/* migrate: no-transaction */", /migrate: no-transaction/],
    ["/** migrate: lock-timeout 5s **/", /lock-timeout 5s/],
    ["create table a (\n  -- migrate: retry 5\n  id int)", /retry 5/],
    ["create table a (); -- migrate: retry 5", /retry 5/],
    ["-- migrate: lock-timeout 5s\n-- migrate: lock-timeout 6s\n", /:2: .*twice/],
  ])("%s is refused", (text, reason) => refused(`${text}\n;select 1;`, reason));

  test("all of a file are named at once", () =>
    refused("-- migrate: retrys 1\n-- migrate: lock-timeout soon\nselect 1;", /retrys[\s\S]*soon/));

  test("in a body, a string and a block comment they are text", async () => {
    await bench.made.add(
      "0001_text",
      "do $$ begin\n-- migrate: no-transactions\nend $$;\nselect '\n-- migrate: whatever\n';\n/*\n-- migrate: no-transaction\n*/\n" +
        "-- migrate the rows of yesterday: retries of old\n-- migrations: see below\nselect 1;" +
        "create function f() returns int begin atomic\n-- migrate: retries x\nselect 1; end;",
    );
    expect((await plan(bench.sql, { folder: bench.made.folder })).pending).toMatchObject([{ transaction: true }]);
    expect((await run()).applied).toHaveLength(1);
  });
});

describe("files of other tools", () => {
  test.each([
    ["goose", "-- +goose Up\ncreate table a ();\n-- +goose Down\ndrop table a;", "0002_a"],
    ["dbmate", "-- migrate:up\ncreate table a ();\n\n-- migrate:down\ndrop table a;", "0002_a"],
    ["dbmate", "-- migrate:up transaction:false\nselect 1;", "0002_a"],
    ["sqitch", "-- Deploy flipr:appschema to pg\n\nBEGIN;\nCREATE SCHEMA flipr;\nCOMMIT;", "0002_a"],
    ["sqitch", "-- Revert flipr:appschema from pg\nBEGIN;\nDROP SCHEMA flipr;\nCOMMIT;", "0002_a"],
    ["node-pg-migrate", "-- Up Migration\ncreate table a ();\n-- Down Migration\ndrop table a;", "0002_a"],
    ["tern", "create table a ();\n---- create above / drop below ----\ndrop table a;", "0002_a"],
    ["Liquibase", "--liquibase formatted sql\n--changeset me:1 splitStatements:false\nselect 1;", "0002_a"],
    ["micrate", "-- +micrate Up\ncreate table a ();\n-- +micrate Down\ndrop table a;", "0002_a"],
    ["MyBatis or dbdeploy", "create table a ();\n-- //@UNDO\ndrop table a;", "0002_a"],
    ["shmig", "-- ====  UP  ====\ncreate table a ();\n-- ==== DOWN ====\ndrop table a;", "0002_a"],
    ["Play", "-- !Ups\ncreate table a ();\n-- !Downs\ndrop table a;", "0002_a"],
    ["rambler", "-- rambler up\ncreate table a ();\n-- rambler down\ndrop table a;", "0002_a"],
    ["Atlas", "-- atlas:txmode none\ncreate table a ();", "0002_a"],
    ["yoyo", "drop table a;", "0002_a.rollback"],
    ["golang-migrate", "drop table a;", "000002_a.down"],
    ["Flyway", "create table a ();", "V2__a"],
    ["Flyway", "create or replace view v as select 1 as one;", "R__v"],
    ["Flyway", "drop table a;", "U2.1__a"],
  ])("a %s file is named as such: %s", (tool, sql, tag) => refused(sql, new RegExp(`${tool} file`), tag));

  test.each([
    ["goose", "00001_a.sql", "-- +goose Up\nselect 1;"],
    ["dbmate", "20260101000000_a.sql", "-- migrate:up\nselect 1;"],
    ["Flyway", "V1__a.sql", "select 1;"],
    ["sqitch", "sqitch.plan", "%syntax-version=1.0.0\n"],
  ])("a folder of %s files is named as such", async (tool, name, text) => {
    await bench.made.remove("meta/_journal.json").catch(() => {});
    const folder = join(bench.made.folder, "meta");
    await writeFile(join(folder, name), text);
    await expect(apply(bench.sql, { folder })).rejects.toThrow(new RegExp(`${tool} files`));
  });

  test("what psql alone understands is named", () => refused("\\connect other\nselect 1;", /psql command/));
});

describe("transaction control", () => {
  test.each([
    ["begin isolation level serializable; create table a (); commit;", /ISOLATION LEVEL SERIALIZABLE/],
    ["start transaction read only; select 1; end;", /READ ONLY/],
    ["begin; create table a (); commit and chain;", /AND CHAIN/],
    ["-- migrate: no-transaction\nbegin isolation level serializable; select 1; commit;", /ISOLATION LEVEL/],
    ["-- migrate: no-transaction\nbegin; rollback; commit;", /ROLLBACK/],
    ["create table a (); set transaction isolation level serializable;", /SET TRANSACTION/],
    ["set transaction read only; select 1;", /SET TRANSACTION/],
    ["set standard_conforming_strings = off; select 'a\\'; select 2;", /standard_conforming_strings/],
  ])("%s is refused", (sql, reason) => refused(sql, reason));

  test("BEGIN and COMMIT as people write them are taken off", async () => {
    await bench.made.add("0001_a", "BEGIN TRANSACTION; create table a (); COMMIT AND NO CHAIN;");
    await bench.made.add("0002_b", "begin work; create table b (); end work;");
    expect((await run()).applied).toMatchObject([{ statements: 1 }, { statements: 1 }]);
  });
});

describe("deferred constraints", () => {
  const parent =
    "create table p (id int primary key); create table c (p int references p deferrable initially deferred);";

  test("are checked by a rehearsal, where a real run checks them", async () => {
    await bench.made.add("0001_p", parent);
    await bench.made.add("0002_bad", "insert into c values (7);");
    const rehearsed = await dryRun(bench.sql, { folder: bench.made.folder }).catch((error: unknown) => error);
    expect(rehearsed).toMatchObject({
      details: { tag: "0002_bad", sqlstate: "23503", detail: expect.stringMatching(/\(7\)/) },
    });
    const real = await run().catch((error: unknown) => error);
    expect(real).toMatchObject({
      details: { tag: "0002_bad", sqlstate: "23503", detail: expect.stringMatching(/\(7\)/) },
    });
    expect(String(real)).toMatch(/Correct .*0002_bad\.sql/);
  });

  test("are deferred again in the next file", async () => {
    await bench.made.add("0001_p", parent);
    await bench.made.add("0002_good", "insert into c values (7); insert into p values (7);");
    await bench.made.add("0003_good", "insert into c values (8); insert into p values (8);");
    expect((await dryRun(bench.sql, { folder: bench.made.folder })).tried).toHaveLength(3);
    expect((await run()).applied).toHaveLength(3);
  });
});
