import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { expect } from "vitest";
import { bench, cluster, test } from "../../test/support/bench.ts";
import { openBench } from "../../test/support/database.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, plan, readMigrations, status } from "../migrate.ts";
import { replay } from "./evidence.ts";
import { proposeRepair } from "./repair.ts";

// The same migrations, checked out with either line end.

const lf = {
  "0001_a": "-- first\ncreate table a (id int);\n--> statement-breakpoint\ncreate index a_id on a (id);\n",
  "0002_f": "create function f() returns int language sql as $$\n  select 1;\n$$;\n",
};
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
const same = (text: string): string => text;

async function checkOut(ends: (text: string) => string): Promise<void> {
  for (const [tag, text] of Object.entries(lf)) await bench.made.write(tag, ends(text));
}

async function addAll(ends: (text: string) => string): Promise<void> {
  for (const [tag, text] of Object.entries(lf)) await bench.made.add(tag, ends(text));
}

const folder = () => bench.made.folder;

test.each([
  ["CRLF", "LF", crlf, same],
  ["LF", "CRLF", same, crlf],
])("a database that Drizzle migrated from %s is up to date for %s", async (_, __, before, after) => {
  await addAll(before);
  await drizzleOrmMigrate(bench.url, folder());
  await checkOut(after);
  expect(await status(bench.sql, { folder: folder() })).toMatchObject({ upToDate: true, edited: [], unknown: [] });
  expect(await apply(bench.sql, { folder: folder() })).toMatchObject({ applied: [], alreadyApplied: 2 });
});

test.each([
  ["CRLF", crlf],
  ["LF", same],
])("what this runner records from %s is what Drizzle would", async (_, ends) => {
  await addAll(ends);
  await apply(bench.sql, { folder: folder() });
  expect(await bench.hashes()).toEqual(readMigrationFiles({ migrationsFolder: folder() }).map(({ hash }) => hash));
  await drizzleOrmMigrate(bench.url, folder());
  expect(await bench.hashes()).toHaveLength(2);
});

test("rows of both in one ledger are the same migrations, also where the journal's times were changed", async () => {
  await addAll(crlf);
  await apply(bench.sql, { folder: folder() });
  await bench.sql`update drizzle.__drizzle_migrations set created_at = created_at + 1 where id = 2`;
  await checkOut(same);
  await bench.made.add("0003_c", "create table c ();\n");
  await apply(bench.sql, { folder: folder() });
  await bench.made.write("0003_c", "create table c ();\r\n");
  expect((await status(bench.sql, { folder: folder() })).upToDate).toBe(true);
});

test("a change of more than line ends is still an edit", async () => {
  await addAll(crlf);
  await apply(bench.sql, { folder: folder() });
  await bench.made.write("0001_a", lf["0001_a"].replace("a (id int)", "a (id bigint)"));
  expect((await plan(bench.sql, { folder: folder() })).edited).toMatchObject([{ tag: "0001_a" }]);
});

test("a function made from CRLF is the one that LF makes", async () => {
  await addAll(same);
  const shadow = await openBench(cluster);
  const replayed = await replay(shadow.sql, { folder: folder() });
  await shadow.close();
  await bench.sql.unsafe(Object.values(lf).map(crlf).join("\n"));
  const { changes } = await proposeRepair(bench.sql, { folder: folder(), replayed });
  expect(changes.map(({ tag }) => tag)).toEqual(["0001_a", "0002_f"]);
});

test("git checks this repository's migrations out with LF on a machine that asks for CRLF", async () => {
  const root = join(import.meta.dirname, "..", "..");
  const work = await mkdtemp(join(tmpdir(), "files-checkout-"));
  const git = (...args: string[]) =>
    promisify(execFile)("git", ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main", ...args]);
  try {
    await cp(join(root, "migrations"), join(work, "origin", "migrations"), { recursive: true });
    await cp(join(root, ".gitattributes"), join(work, "origin", ".gitattributes")).catch(() => {});
    await git("init", "-q", join(work, "origin"));
    await git("-C", join(work, "origin"), "add", "-A");
    await git("-C", join(work, "origin"), "commit", "-qm", "all");
    await git("clone", "-q", "-c", "core.autocrlf=true", join(work, "origin"), join(work, "clone"));
    const files = (await readdir(join(root, "migrations"))).filter((name) => name.endsWith(".sql"));
    for (const name of files) {
      expect(await readFile(join(work, "clone", "migrations", name), "utf8")).toBe(
        await readFile(join(root, "migrations", name), "utf8"),
      );
    }
    const hashes = async (from: string) => (await readMigrations(join(from, "migrations"))).map(({ hash }) => hash);
    expect(await hashes(join(work, "clone"))).toEqual(await hashes(root));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
