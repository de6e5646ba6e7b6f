import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SchemaCopy } from "./schema-copy.ts";

let copy: SchemaCopy;

beforeAll(async () => {
  copy = await SchemaCopy.make();
});

afterAll(() => copy?.remove());

const run = (script: string, ...args: string[]) => copy.run(script, args);

/** Adds a column after another one. */
const addColumn = (file: string, after: string, column: string): Promise<void> =>
  copy.replace(`db/schema/${file}`, after, `${after}\n    ${column}`);

const migrations = () => readdir(join(copy.folder, "migrations"));

test("db:generate guards a change of the catalog, and db:check asks for it before", async () => {
  await addColumn("cruise-reference.schema.ts", 'logoUrl: text("logo_url"),', 'motto: text("motto"),');
  expect(run("db-check")).toMatchObject({ status: 1, output: expect.stringContaining('ADD COLUMN "motto"') });
  expect(run("db-generate", "--name", "motto")).toMatchObject({
    status: 0,
    output: expect.stringContaining("guarded"),
  });
  const text = await copy.read("migrations/0014_motto.sql");
  expect(text).toContain('alter foreign table "catalog"."cruise_lines" add column if not exists motto text;');
  expect(run("db-check").status).toBe(0);
});

test("db:generate refuses catalog and public at once, and leaves everything as it was", async () => {
  const before = await migrations();
  await addColumn("cruise-reference.schema.ts", 'motto: text("motto"),', 'anthem: text("anthem"),');
  await addColumn("trip.schema.ts", 'destination: varchar("destination", { length: 255 }),', 'mood: text("mood"),');
  const refused = run("db-generate", "--name", "mixed");
  expect(refused).toMatchObject({ status: 3, output: expect.stringContaining("something else at once") });
  expect(await migrations()).toEqual(before);
});

test("a rename is named by db:check, and db:generate fails where there is no terminal to ask on", async () => {
  const before = await migrations();
  const path = "db/schema/cruise-reference.schema.ts";
  const text = await copy.read(path);
  await copy.write(path, text.replace('logoUrl: text("logo_url"),', 'emblemUrl: text("emblem_url"),'));
  const named = /catalog\.cruise_lines\.logo_url.*catalog\.cruise_lines\.emblem_url/;
  const checked = run("db-check");
  expect(checked).toMatchObject({ status: 1, output: expect.stringMatching(named) });
  const generated = run("db-generate", "--name", "emblem");
  expect(generated).toMatchObject({ status: 1, output: expect.stringMatching(named) });
  for (const { output } of [checked, generated]) expect(output).not.toMatch(/\n\s+at .*:\d+/);
  expect(await migrations()).toEqual(before);
  await copy.write(path, text);
});
