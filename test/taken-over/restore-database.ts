import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import postgres, { type Sql } from "postgres";
import { fill, inSql } from "./placeholders.ts";

/** A project that was just made. */
export interface Project {
  readonly name: string;
  readonly ref: string;
  /** Of role `postgres`. */
  readonly password: string;
  readonly keys: Readonly<Record<"anonKey" | "serviceRoleKey" | "publishableKey" | "secretKey", string>>;
}

/** Puts a dump in the place of a project's database: what this version's template holds gives way to what the dump's held. */
export async function restoreDatabase(options: {
  folder: string;
  project: Project;
  values: Readonly<Record<string, string>>;
}): Promise<void> {
  const { folder, project } = options;
  const contents = gunzipSync(readFileSync(join(folder, "contents.sql.gz"))).toString();
  const values = { ...options.values, ...keysInVault(contents) };
  const read = (name: string) =>
    fill(readFileSync(join(folder, name), "utf8"), values, inSql)
      .split(/;\n/)
      .filter(Boolean);
  const outside = openAsPlatform(project.name, values, "template1");
  const there = new Set((await outside`select rolname as name from pg_roles`).map(({ name }) => String(name)));
  const isNew = (statement: string) => !there.has(/^CREATE ROLE (\w+)/.exec(statement)?.[1] ?? "");
  await outside`drop database postgres with (force)`;
  // One by one: CREATE DATABASE stands in no transaction.
  for (const statement of [...read("roles.sql").filter(isNew), ...read("database.sql")])
    await outside.unsafe(statement);
  await outside.end();
  // A session of its own: a dump sets its session up for itself.
  const inside = openAsPlatform(project.name, values, "postgres");
  await inside.unsafe(fill(contents, values, inSql));
  await inside.unsafe("analyze");
  await inside.end();
}

/** A connection as the superuser, who reads every row. */
export function openAsPlatform(name: string, values: Readonly<Record<string, string>>, database = "postgres"): Sql {
  const [host, port, password] = ["host", "port", "admin"].map((key) => values[`${name}.${key}`] ?? "");
  const login = { host, port: Number(port), user: "supabase_admin", password, database };
  return postgres({ ...login, max: 1, onnotice: () => {} });
}

/** Keys that only this database knows, each a fresh one; the reader's password is shared and has a name of its own. */
function keysInVault(contents: string): Record<string, string> {
  const names = [...contents.matchAll(/\{\{fixture:(\w+\.(vault|nonce)\.\w+)\}\}/g)];
  return Object.fromEntries(
    names.map(([, name = "", kind]) => [name, randomBytes(kind === "nonce" ? 16 : 32).toString("hex")]),
  );
}
