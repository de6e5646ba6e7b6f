import { describe, expect, test } from "vitest";
import { readDirectives } from "./file/directives.ts";
import { type Notes, splitStatements } from "./statements.ts";
import { unitsOf } from "./units.ts";

const texts = (sql: string): string[] => [...splitStatements(sql)].map(({ text }) => text);

describe("splitStatements", () => {
  test("splits at breakpoints and at top-level semicolons, with offsets into the file", () => {
    const sql =
      "create table a (id int)\n--> statement-breakpoint\n\n-- two\ncreate table b (id int);create table c (id int);\n";
    expect(texts(sql)).toEqual(["create table a (id int)", "create table b (id int)", "create table c (id int)"]);
    for (const { text, start, end } of splitStatements(sql)) expect(sql.slice(start, end)).toBe(text);
  });

  test.each([
    ["quotes", "select 'a;''b', \"c;\"\"d\"; select 2", 2],
    ["escape strings", "select E'a\\';b'; select e'\\\\'; select 'plain\\'; select 4", 4],
    ["dollar quotes", "do $$ begin perform 1; end $$; do $x$ select '$$;'; $x$; select $1$2", 3],
    ["comments", "-- a; b\nselect 1 /* ; /* nested ; */ ; */; /* only */ ; -- end;", 1],
    ["parentheses", "create rule r as on insert to t do also (select 1; select 2); select 3", 2],
    [
      "atomic bodies",
      "create function f() returns int begin atomic; select case when true then 1 end; end; select 2",
      2,
    ],
    [
      "atomic procedures",
      "create or replace procedure p() language sql begin atomic insert into t values (1); end; select 2",
      2,
    ],
    ["names that look like bodies", 'create table begin_atomic ("end" int); select 1', 2],
    ["what is not a word", "(select 1); 1; select 2", 3],
    ["nothing", " ;; -- none\n", 0],
  ])("knows %s", (_, sql, count) => {
    expect(texts(sql)).toHaveLength(count);
  });
});

describe("readDirectives", () => {
  const read = (sql: string): ReturnType<typeof readDirectives> => {
    const notes: Notes = { comments: [], unclosed: [] };
    splitStatements(sql, notes);
    return readDirectives(notes.comments);
  };

  test("reads every directive, refuses others", () => {
    const sql =
      "-- migrate: no-transaction\n-- migrate: lock-timeout 5s\n--migrate: statement-timeout 2min\n-- migrate: retries 3\n";
    expect(read(sql)).toEqual({
      directives: { transaction: false, lockTimeoutMs: 5000, statementTimeoutMs: 120_000, retries: 3 },
      problems: [],
    });
    expect(read("\n-- migrate: no-tx").problems).toMatchObject([
      { start: 1, reason: expect.stringContaining("not a directive") },
    ]);
    expect(read("-- migrate: lock-timeout soon").problems).toMatchObject([
      { reason: expect.stringContaining("needs a duration") },
    ]);
  });
});

describe("unitsOf", () => {
  const units = (sql: string, transaction: boolean) => {
    const found = unitsOf({ sql, statements: splitStatements(sql), transaction });
    return { ...found, units: [...found.units] };
  };

  test("takes a file's own BEGIN and COMMIT off, refuses them anywhere else", () => {
    expect(units("begin; create table a (); commit;", true)).toMatchObject({
      units: [{ text: "create table a ()" }],
      problems: [],
    });
    expect(units("create table a (); commit; vacuum a", true).problems).toMatchObject([
      { start: "create table a (); ".length },
    ]);
    expect(units("savepoint a; rollback to savepoint a", true).problems).toEqual([]);
    expect(units("copy a from stdin;", true).problems).toHaveLength(1);
  });

  test("makes one unit of a group in a no-transaction file, and wants indexes named", () => {
    const { units: found, problems } = units(
      "vacuum a; begin; insert into a values (1); delete from b; end; vacuum b",
      false,
    );
    expect(found.map(({ text }) => text)).toEqual(["vacuum a", "insert into a values (1); delete from b", "vacuum b"]);
    expect(problems).toEqual([]);
    expect(units("create index concurrently on a (b)", false).problems).toHaveLength(1);
  });
});
