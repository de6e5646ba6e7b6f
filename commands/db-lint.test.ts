import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LintFinding } from "../operations/review/lint-finding.ts";
import { type MigrationsFolder, migrationsFolder } from "../test/support/migrations.ts";

let made: MigrationsFolder;
beforeEach(async () => {
  made = await migrationsFolder();
});
afterEach(() => made.delete());

function run(...args: string[]) {
  const setup = join(import.meta.dirname, "../scripts/setup.mjs");
  return spawnSync(process.execPath, [setup, "--run", "db-lint", "--folder", made.folder, ...args], {
    encoding: "utf8",
  });
}

function lint(): { code: number | null; rules: string[]; findings: LintFinding[]; stderr: string } {
  const { status, stdout, stderr } = run("--all", "--json");
  const { findings }: { findings: LintFinding[] } = JSON.parse(stdout);
  return { code: status, rules: findings.map(({ rule }) => rule), findings, stderr };
}

test("finds what blocks an application, what the runner refuses, and what Drizzle would skip", async () => {
  await made.add("0001_a", "alter table t add column n int not null;\ncreate index t_n on t (n);");
  await made.add("0002_b", "create table b (id bigint);\ncommit;", 1_600_000_000_000);
  await made.add("0003_c", "-- migrate: no-transaction\ncreate index concurrently t_m on t (m);");
  await made.add("0004_d", "-- migrate: whatever\nselect 1;", 4_000_000_000_000);
  const { code, rules } = lint();
  expect(code).toBe(1);
  for (const rule of ["adding-required-field", "require-concurrent-index-creation", "runner"])
    expect(rules).toContain(rule);
  for (const rule of ["future-time", "disordered-time", "missing-snapshot"]) expect(rules).toContain(rule);
});

test("names file and line for every finding, and goes on behind a file it cannot read", async () => {
  await made.add("0001_latin", Buffer.from("select 1;\nselect '\xe9';", "latin1"));
  await made.add("0002_utf16", Buffer.from("\ufeffselect 1;", "utf16le"));
  await made.add("0003_goose", "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;");
  await made.add("0004_i", "create table t (n bigint);\n\ncreate table u (n serial);");
  await made.add("0005_when", "select 1;", 1_600_000_000_000);
  await made.write("V1__left", "select 1;");
  const { code, findings, stderr } = lint();
  expect(code).toBe(1);
  const at = findings.map(({ file, line, rule }) => `${basename(file)}:${line}: ${rule}`);
  expect(at).toEqual(
    expect.arrayContaining([
      "0001_latin.sql:2: runner",
      "0002_utf16.sql:1: runner",
      "0003_goose.sql:1: runner",
      "0004_i.sql:3: prefer-identity",
      "V1__left.sql:1: unlisted-file",
    ]),
  );
  const journal = await readFile(join(made.folder, "meta", "_journal.json"), "utf8");
  const line = journal.slice(0, journal.indexOf('"0005_when"')).split("\n").length;
  expect(at).toContain(`_journal.json:${line}: disordered-time`);
  expect(findings.find(({ file }) => file.endsWith("V1__left.sql"))?.message).toContain("Flyway");
  expect(stderr).not.toMatch(/backtrace|anyhow|squawk::/);
  for (const each of stderr.trim().split("\n").slice(0, -1)) expect(each).toMatch(/^\S+:\d+: [\w-]+: /);
});

test("a file that is not in the journal's folder is said, not passed over", async () => {
  await made.add("0001_a", "select 1;");
  const { status, stderr } = run("0009_typo.sql");
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("0009_typo.sql") });
});
