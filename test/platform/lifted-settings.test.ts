import { expect, test } from "vitest";
import { filesOf, isProduct, textOf } from "../architecture/sources.ts";

// The platform lifts these for SET and SET LOCAL alone (facts/platform-facts.json, supautils.liftedForms). Here SET is granted
// on them, so set_config(), the SET clause of a function and ALTER DATABASE pass as well, and would hide what fails there.
const lifted = /log_statement|session_replication_role|pg_stat_statements\.|log_min_|track_functions|deadlock_timeout/;

/** Uses of a lifted setting that the platform refuses. */
function refused(text: string): string[] {
  const calls = [...text.matchAll(/set_config\(\s*'([^']+)'/gi)].map(([, name = ""]) => name);
  const clauses = [...text.matchAll(/^\s*(?:language .*)?\bset ([\w.]+) (?:=|to) .*\bas \$/gim)].map(
    ([, name = ""]) => name,
  );
  const databases = [...text.matchAll(/alter database \S+ set ([\w.]+)/gi)].map(([, name = ""]) => name);
  return [...calls, ...clauses, ...databases].filter((name) => lifted.test(name));
}

test("the product sets what the platform lifts by SET and SET LOCAL alone", () => {
  const files = filesOf("*.ts", "*.sql").filter((file) => isProduct(file) && !file.startsWith("local/"));
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((file) => refused(textOf(file)).map((name) => `${file}: ${name}`))).toEqual([]);
});

test("a use that the platform refuses is found", () => {
  expect(refused("select set_config('log_statement', 'none', true)")).toEqual(["log_statement"]);
  expect(refused("alter database postgres set log_statement = 'none'")).toEqual(["log_statement"]);
  expect(refused("set local log_statement = 'none'")).toEqual([]);
});
