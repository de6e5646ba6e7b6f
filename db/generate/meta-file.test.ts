import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findDisagreements } from "./pending.ts";

// What db:check says of a meta/ that two branches wrote, or that somebody cut off.

let folder: string;
const write = (name: string, text: string) => writeFileSync(join(folder, "meta", name), text);
const conflict = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> other\n}';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meta-"));
  cpSync(join(import.meta.dirname, "..", "..", "migrations"), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ["_journal.json", conflict, /merge conflict: keep the other side's.*generate it again/],
  ["9999_snapshot.json", conflict, /merge conflict: keep the other side's/],
  ["_access.json", conflict, /merge conflict: keep the entries of both sides/],
  ["_journal.json", '{"entries": [', /Restore it from version control/],
  ["_journal.json", "{}", /lists no entries/],
])("%s that cannot be read is named, with the next step", async (name, text, next) => {
  write(name, text);
  const said = await findDisagreements(folder).catch((error: Error) => error.message);
  expect(said).toContain(join(folder, "meta", name));
  expect(said).toMatch(next);
});
