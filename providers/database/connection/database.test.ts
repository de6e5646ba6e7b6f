import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../test/support/cloud.ts";
import { configurationOf, Driven } from "../../../test/support/provider-call.ts";
import type { TestCloud, TestDatabase } from "../../../test/support/test-cloud.ts";
import { parseConfiguration } from "../configuration.ts";
import { migrations } from "../migrations.provider.ts";
import { readerRole } from "../reader-role.provider.ts";
import { vaultSecret } from "../vault-secret.provider.ts";

let cloud: TestCloud;
let database: TestDatabase;

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  database = await cloud.createDatabase("connections");
});
/** What the server sees of a connection made with this configuration. */
async function session(more: Record<string, string>) {
  const made = configurationOf(database, more).database;
  const query = `select application_name as name, ssl from pg_stat_activity a join pg_stat_ssl s using (pid)
    where pid = pg_backend_pid()`;
  return made?.fresh(async (sql) => (await sql.unsafe(query))[0]);
}

test("TLS is used, and verified where it is asked for", async () => {
  expect(await session({})).toEqual({ name: "tailfire-environments", ssl: true });
  expect(await session({ sslmode: "disable", applicationName: "mine" })).toEqual({ name: "mine", ssl: false });
  const caCertificate = await readFile(join(dirname(database.logFile), "../../ca.crt"), "utf8");
  expect(await session({ sslmode: "verify-full", caCertificate })).toMatchObject({ ssl: true });
  await expect(session({ sslmode: "verify-full" })).rejects.toThrow(/certificate/);
  const other = configurationOf({ ...database, host: "localhost" }, { sslmode: "verify-full", caCertificate });
  await expect(other.database?.fresh((sql) => sql`select 1`)).rejects.toThrow();
});

test("resources work through the session pooler, under the names it asks for", async () => {
  const { endpoint, token } = cloud.management;
  const response = await fetch(`${endpoint}/v1/projects/${database.ref}/config/database/pooler`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const entries = (await response.json()) as { db_host: string; db_port: number; pool_mode: string }[];
  const own = entries.find((entry) => entry.pool_mode === "session");
  const pooler = { ...database, host: entries[0]?.db_host ?? "", port: own?.db_port ?? 5432 };
  const config = configurationOf(pooler, { user: `postgres.${database.ref}` });
  await database.sql`create schema if not exists catalog`;
  const reader = new Driven(readerRole, config);
  const program = { projectRef: database.ref };
  await reader.up(program);
  expect(reader.state).toMatchObject({ user: "fdw_catalog_ro_a", passwordAccepted: true });
  await database.sql`alter role fdw_catalog_ro_a password 'another'`;
  await reader.refresh();
  expect(await reader.up(program)).toEqual(["passwordAccepted"]);
  await config.database?.close();

  const unknown = configurationOf(pooler, { user: "postgres.aaaaaaaaaaaaaaaaaaaa" });
  const secret = new Driven(vaultSecret, unknown);
  await expect(secret.up({ ...program, name: "n", value: "v" })).rejects.toThrow(/Next: The pooler knows no project/);
  await unknown.database?.close();
});

test("a configuration that cannot work is refused with all its problems", () => {
  const refused = (args: Record<string, string>) =>
    parseConfiguration(args, {}).failures.map(({ property }) => property);
  expect(refused({ host: "db.example.test" })).toEqual(["password"]);
  expect(refused({ host: "db.example.test", sslmode: "prefer", port: "6543" })).toEqual([
    "password",
    "sslmode",
    "port",
  ]);
  expect(refused({ host: "127.0.0.1", password: "p", sslmode: "disable" })).toEqual([]);
  expect(refused({ sslmode: "sometimes", port: "x" })).toEqual(["port", "sslmode"]);
  expect(refused({ managementEndpoint: "http://api.example.test" })).toEqual(["managementEndpoint"]);
});

test("a resource without a database says what its provider lacks", async () => {
  const { config } = parseConfiguration({}, {});
  if (!config) throw new Error("a provider without database must be possible");
  const resource = new Driven(migrations, config);
  const folder = join(import.meta.dirname, "../../../migrations");
  await expect(resource.up({ projectRef: "a", folder })).rejects.toThrow(/database.Provider with host, port, user/);
});

test("an operation that is cancelled lets go of its connection, on both sides", async () => {
  const made = configurationOf(database, { applicationName: "cancelled" }).database;
  const cancelled = new AbortController();
  const sleeping = made?.fresh((sql) => sql`select pg_sleep(30)`, { signal: cancelled.signal });
  setTimeout(() => cancelled.abort(), 300);
  const began = performance.now();
  await expect(sleeping).rejects.toThrow();
  expect(performance.now() - began).toBeLessThan(5000);
  const backends = () => database.sql`select 1 from pg_stat_activity where application_name = 'cancelled'`;
  await expect.poll(async () => (await backends()).length, { timeout: 5000 }).toBe(0);
});
