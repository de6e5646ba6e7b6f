import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MigrationsFolder, migrationsFolder } from "../test/support/migrations.ts";

let made: MigrationsFolder;
beforeEach(async () => {
  made = await migrationsFolder();
});
afterEach(() => made.delete());

function lint(): { code: number | null; rules: string[] } {
  const script = join(import.meta.dirname, "db-lint.ts");
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", script, "--all", "--json", "--folder", made.folder],
    {
      encoding: "utf8",
      cwd: join(import.meta.dirname, ".."),
    },
  );
  const { findings }: { findings: { rule: string }[] } = JSON.parse(stdout);
  return { code: status, rules: findings.map(({ rule }) => rule) };
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
