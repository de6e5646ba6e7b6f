import { expect, test } from "vitest";
import { filesOf, isProduct, textOf } from "../architecture/sources.ts";

// What supautils refuses on the platform and PostgreSQL allows here (test/platform/*.differences.json) would hide a fault, so
// the product uses none of it.

/** The platform lifts these for SET and SET LOCAL alone; here SET is granted on them (supautils.liftedForms of the facts). */
const lifted = /log_statement|session_replication_role|pg_stat_statements\.|log_min_|track_functions|deadlock_timeout/;

const API = '"?(?:postgres|anon|authenticated|service_role|authenticator)"?';

/** Statements about the platform's own roles, and grants of parameters. */
const aboutRoles = [
  new RegExp(`\\b(?:alter|drop) (?:role|user) ${API}(?! (?:in database \\S+ )?(?:set|reset)\\b)`, "gi"),
  /\bgrant "?authenticator"? to\b/gi,
  /\bgrant (?!(?:(?! to ).)*\bon\b)[\w", ]+ to "?supabase_\w+/gi,
  /\bgrant set on parameter\b/gi,
];

/** Texts that advise it where statistics keep a secret, which is for servers that are not the platform's. */
const ADVICE = [
  "migrations/0012_environment_secrets.sql: grant set on parameter",
  "migrations/0012_environment_secrets.sql: grant set on parameter",
  "providers/database/reader/password.ts: grant set on parameter",
];

/** Uses in a text that the platform refuses. */
function refused(text: string): string[] {
  const calls = [...text.matchAll(/set_config\(\s*'([^']+)'/gi)].map(([, name = ""]) => name);
  const clauses = [...text.matchAll(/^\s*(?:language .*)?\bset ([\w.]+) (?:=|to) .*\bas \$/gim)].map(
    ([, name = ""]) => name,
  );
  const databases = [...text.matchAll(/alter database \S+ set ([\w.]+)/gi)].map(([, name = ""]) => name);
  const settings = [...calls, ...clauses, ...databases].filter((name) => lifted.test(name));
  return [...settings, ...aboutRoles.flatMap((form) => text.match(form) ?? [])];
}

test("the product uses nothing that the platform refuses and the local cloud allows", () => {
  const files = filesOf("*.ts", "*.sql").filter((file) => isProduct(file) && !file.startsWith("local/"));
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((file) => refused(textOf(file)).map((name) => `${file}: ${name}`))).toEqual(ADVICE);
});

test("a use that the platform refuses is found", () => {
  expect(refused("select set_config('log_statement', 'none', true)")).toEqual(["log_statement"]);
  expect(refused("alter database postgres set log_statement = 'none'")).toEqual(["log_statement"]);
  expect(refused("set local log_statement = 'none'; alter role anon set statement_timeout to '5s'")).toEqual([]);
  expect(refused("grant execute on function public.hook(jsonb) to supabase_auth_admin")).toEqual([]);
  for (const statement of [
    "alter role anon login",
    "alter role authenticator password",
    "drop role anon",
    "grant authenticator to",
    "grant app_group to supabase_auth_admin",
    "grant set on parameter",
  ]) {
    expect(refused(`${statement} x`), statement).toHaveLength(1);
  }
});
