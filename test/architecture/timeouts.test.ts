import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const ROOMS = ["db/", "commands/", "engine/", "environment/", "operations/", "providers/", "sdks/", "index.ts"];

/** Files that open sessions and set no statement_timeout themselves, and why a foreign table cannot hold them up. */
const ELSEWHERE: Record<string, string> = {
  "db/migrate/connect.ts": "the runner sets it before each migration (db/migrate/timeouts.ts)",
  "db/migrate/session.ts": "the same: it opens one like the session it is given",
  "providers/supabase/login.ts": "it runs select 1, and gives up after 8 s",
};

const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => ROOMS.some((room) => file.startsWith(room)) && !file.includes(".test."));

const opens = (text: string) => /(=|return|await)\s+postgres\(|new pg\.(Pool|Client)\(/.test(text);

test("every session of the product that can meet a foreign table has a statement_timeout", () => {
  const opening = sources.filter((file) => opens(readFileSync(join(root, file), "utf8")));
  expect(opening.length).toBeGreaterThan(5);
  const bare = opening.filter((file) => !readFileSync(join(root, file), "utf8").includes("statement_timeout"));
  expect(bare.filter((file) => !(file in ELSEWHERE))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((file) => !opening.includes(file))).toEqual([]);
});

test("no session asks for the array types, whose query postgres.js awaits nowhere: losing it ends the process", () => {
  const opening = sources.filter((file) =>
    /(=|return|await)\s+postgres\(/.test(readFileSync(join(root, file), "utf8")),
  );
  const asking = opening.filter((file) => !readFileSync(join(root, file), "utf8").includes("fetch_types: false"));
  expect(asking).toEqual([]);
});

test("a session without one is found", () => {
  expect(opens("const sql = postgres({ host });")).toBe(true);
  expect(opens("new pg.Pool({})")).toBe(true);
  expect(opens("import postgres from 'postgres';")).toBe(false);
});
