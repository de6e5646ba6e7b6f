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

/** Adds a column after another one; returns what takes it back. */
async function addColumn(file: string, after: string, column: string): Promise<() => Promise<void>> {
  const path = `db/schema/${file}`;
  const text = await copy.read(path);
  await copy.replace(path, after, `${after}\n    ${column}`);
  return () => copy.write(path, text);
}

const migrations = () => readdir(join(copy.folder, "migrations"));

test("db:generate guards a change of the catalog, and db:check asks for it before", async () => {
  await addColumn("cruise-reference.schema.ts", 'logoUrl: text("logo_url"),', 'motto: text("motto"),');
  expect(run("db-check")).toMatchObject({ status: 1, output: expect.stringContaining('ADD COLUMN "motto"') });
  expect(run("db-generate", "--name", "motto")).toMatchObject({
    status: 0,
    output: expect.stringContaining("guarded"),
  });
  const file = (await migrations()).find((name) => /^\d{4}_motto\.sql$/.test(name)) ?? "no file of that name";
  const text = await copy.read(`migrations/${file}`);
  expect(text).toContain('alter foreign table "catalog"."cruise_lines" add column if not exists motto text;');
  expect(run("db-check").status).toBe(0);
});

test("db:generate refuses catalog and public at once, and leaves everything as it was", async () => {
  const before = await migrations();
  const takeBack = [
    await addColumn("cruise-reference.schema.ts", 'motto: text("motto"),', 'anthem: text("anthem"),'),
    await addColumn("trip.schema.ts", 'destination: varchar("destination", { length: 255 }),', 'mood: text("mood"),'),
  ];
  const refused = run("db-generate", "--name", "mixed");
  expect(refused).toMatchObject({ status: 3, output: expect.stringContaining("something else at once") });
  expect(await migrations()).toEqual(before);
  for (const undo of takeBack) await undo();
});

test("a rename is named by db:check and takes its answer as an option, without a terminal", async () => {
  const before = await migrations();
  const path = "db/schema/cruise-reference.schema.ts";
  const text = await copy.read(path);
  await copy.write(path, text.replace('logoUrl: text("logo_url"),', 'emblemUrl: text("emblem_url"),'));
  const named = /catalog\.cruise_lines\.logo_url.*catalog\.cruise_lines\.emblem_url/;
  const checked = run("db-check");
  expect(checked).toMatchObject({ status: 1, output: expect.stringMatching(named) });
  const generated = run("db-generate", "--rename", "logo_ulr:emblem_url");
  expect(generated).toMatchObject({ status: 1, output: expect.stringMatching(named) });
  expect(generated.output).toContain("did you mean logo_url?");
  for (const { output } of [checked, generated]) {
    expect(output).not.toMatch(/\n\s+at .*:\d+/);
    expect(output).toContain("--rename catalog.cruise_lines.logo_url:catalog.cruise_lines.emblem_url");
  }
  expect(await migrations()).toEqual(before);
  const answered = run("db-generate", "--name", "emblem", "--rename", "cruise_lines.logo_url:emblem_url");
  expect(answered.status, answered.output).toBe(0);
  const [made = ""] = (await migrations()).filter((file) => !before.includes(file));
  const written = await copy.read(`migrations/${made}`);
  expect(written).toContain('RENAME COLUMN "logo_url" TO "emblem_url"');
  expect(written).not.toContain("DROP COLUMN");
});
