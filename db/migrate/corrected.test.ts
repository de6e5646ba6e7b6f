import { createHash } from "node:crypto";
import { expect } from "vitest";
import { bench, test } from "../../test/support/bench.ts";
import { drizzleOrmMigrate } from "../../test/support/drizzle.ts";
import { apply, status } from "../migrate.ts";

// A migration that was corrected says which text it had: docs/decisions/0013.

const before = "create function f() returns int language sql as 'select 1';\n";
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const corrected = (hash: string): string =>
  `-- migrate: was ${hash}\ncreate function f() returns int language sql as 'select 2';\n`;
const follows = "create or replace function f() returns int language sql as 'select 2';\n";

test.each(["runner", "drizzle-orm"])(
  "a database that recorded the earlier text by %s is migrated without a hand",
  async (by) => {
    const { made, sql, url } = bench;
    await made.add("0000_f", before);
    if (by === "runner") await apply(sql, { folder: made.folder });
    else await drizzleOrmMigrate(url, made.folder);
    await made.write("0000_f", corrected(hashOf(before)));
    await made.add("0001_f", follows);
    const done = await apply(sql, { folder: made.folder });
    expect(done.applied.map(({ tag }) => tag)).toEqual(["0001_f"]);
    expect(await sql`select f()`).toEqual([{ f: 2 }]);
    expect(await status(sql, { folder: made.folder })).toMatchObject({ upToDate: true, edited: [], unknown: [] });
  },
);

test("a new database runs the corrected text", async () => {
  const { made, sql } = bench;
  await made.add("0000_f", corrected(hashOf(before)));
  await made.add("0001_f", follows);
  expect((await apply(sql, { folder: made.folder })).applied).toHaveLength(2);
});

test("a text that is not named stays an edited file", async () => {
  const { made, sql } = bench;
  await made.add("0000_f", before);
  await apply(sql, { folder: made.folder });
  await made.write("0000_f", corrected(hashOf("another text")));
  await expect(apply(sql, { folder: made.folder })).rejects.toMatchObject({ code: "edited" });
});

test("a line that names no hash is refused with its file", async () => {
  const { made, sql } = bench;
  await made.add("0000_f", corrected("b71e"));
  await expect(apply(sql, { folder: made.folder })).rejects.toThrow(/was b71e.*needs the sha256/);
});
