import { afterAll, expect } from "vitest";
import { whileBlocked } from "../../test/support/blocking-login.ts";
import { test } from "../../test/support/cloud.ts";
import { configurationOf, Driven } from "../../test/support/provider-call.ts";
import type { TestCloud, TestDatabase } from "../../test/support/test-cloud.ts";
import type { Configuration } from "./configuration.ts";
import { keyOf } from "./connection/key.ts";
import { vaultSecret } from "./vault-secret.provider.ts";

let cloud: TestCloud;
let database: TestDatabase;
let config: Configuration;
const value = "s3cret 'quoted' \\ value";
const program = (more = {}) => ({
  projectRef: database.ref,
  name: "fdw_password",
  value,
  description: "reader",
  ...more,
});

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  database = await cloud.createDatabase("vault");
  config = configurationOf(database);
});
afterAll(async () => {
  await config?.database?.close();
});

const stored = async () =>
  (
    await database.sql`select decrypted_secret, description from vault.decrypted_secrets where name = 'fdw_password'`
  )[0];

test("a login that only reads cannot keep a secret from being stored, by the key that is held for it", async () => {
  const blocked = { owner: database.sql, connect: database.connect, key: keyOf("environment.vault") };
  const secret = new Driven(vaultSecret, config);
  const { result, ended } = await whileBlocked(blocked, () => secret.up(program({ name: "blocked" })));
  expect(result).toEqual(["created"]);
  expect(ended).toBe(true);
  await database.sql`delete from vault.secrets where name = 'blocked'`;
});

test("a secret is created, kept, changed, repaired and deleted", async () => {
  const secret = new Driven(vaultSecret, config);
  expect(await secret.up(program())).toEqual(["created"]);
  expect(await stored()).toEqual({ decrypted_secret: value, description: "reader" });
  const { revision, secretId } = secret.state;
  expect(await secret.refresh()).toBe(true);
  expect(await secret.up(program())).toEqual([]);
  expect(secret.state).toMatchObject({ revision, secretId, valueMatches: true });

  expect(await secret.up(program({ value: "other" }))).toEqual(["value"]);
  expect(secret.state.revision).not.toBe(revision);
  expect(secret.state.secretId).toBe(secretId);
  expect(await secret.up(program())).toEqual(["value"]);

  await database.sql`select vault.update_secret(${secretId}, 'changed behind its back')`;
  await secret.refresh();
  expect(secret.state).toMatchObject({ valueMatches: false, value });
  await secret.refresh();
  expect(secret.diff(program())).toEqual(["value"]);
  expect(await secret.up(program())).toEqual(["value"]);
  expect(await stored()).toMatchObject({ decrypted_secret: value });
  expect(secret.diff(program())).toEqual([]);

  expect(await secret.up(program({ description: "new" }))).toEqual(["description"]);
  expect(await stored()).toMatchObject({ decrypted_secret: value, description: "new" });
  expect(secret.diff(program({ projectRef: "other" }))).toContain("projectRef (replace)");
  expect(secret.diff(program({ name: "other" }))).toContain("name (replace)");

  await secret.delete();
  expect(await stored()).toBeUndefined();
  await secret.delete();
  expect(await secret.refresh()).toBe(false);
});

test("an existing secret is adopted without a write where it is right already", async () => {
  await database.sql`select vault.create_secret(${value}, 'fdw_password', 'reader')`;
  const [before] = await database.sql`select id, updated_at from vault.secrets where name = 'fdw_password'`;
  const secret = new Driven(vaultSecret, config);
  await secret.up(program());
  const [after] = await database.sql`select id, updated_at from vault.secrets where name = 'fdw_password'`;
  expect(after).toEqual(before);
  const imported = new Driven(vaultSecret, config);
  expect(await imported.import("fdw_password")).toEqual(program());
  expect(imported.diff(program())).toEqual([]);
  expect(await imported.import("no_such_secret")).toBeUndefined();
  await secret.delete();
});

test("two runs at once end with one secret", async () => {
  const both = [new Driven(vaultSecret, config), new Driven(vaultSecret, configurationOf(database))];
  await Promise.all(both.map((secret) => secret.up(program())));
  expect(both[0]?.state.secretId).toBe(both[1]?.state.secretId);
  await both[0]?.delete();
});

test("neither log nor pg_stat_statements shows the value", async () => {
  const secret = new Driven(vaultSecret, config);
  await secret.up(program({ value: "needle-in-the-log" }));
  await secret.delete();
  const { readFile } = await import("node:fs/promises");
  expect(await readFile(database.logFile, "utf8")).not.toContain("needle-in-the-log");
  const [found] = await database.sql`
    select count(*)::int as n from extensions.pg_stat_statements where query like '%needle-in-the-' || 'log%'`;
  expect(found?.n).toBe(0);
});

test("a wrong database password is explained and is never taken for a deleted secret", async () => {
  const wrong = new Driven(vaultSecret, configurationOf({ ...database, password: "wrong" }));
  const failure =
    /Storing Vault secret fdw_password in project \w{20} \(.*as postgres\) failed with SQLSTATE 28P01.*Next:/s;
  await expect(wrong.up(program())).rejects.toThrow(failure);
  Object.assign(wrong, { id: "fdw_password", state: program() });
  expect(await wrong.refresh()).toBe(true);
  expect(wrong.messages.at(-1)).toMatch(/Reading Vault secret fdw_password.*28P01.*Taken as it was recorded/s);
  expect(wrong.diff(program())).toEqual(["unreachable"]);
  await expect(wrong.up(program())).rejects.toThrow(/28P01/);
});

test("what could not be read is read by the next up, which changes only what differs", async () => {
  const secret = new Driven(vaultSecret, config);
  await secret.up(program());
  const { revision } = secret.state;
  const shut = new Driven(vaultSecret, configurationOf({ ...database, port: 1 }));
  const unreachable = async () => {
    Object.assign(shut, { id: secret.id, state: secret.state, inputs: secret.inputs });
    await shut.refresh();
    secret.state = shut.state;
  };
  await unreachable();
  expect(await secret.up(program())).toEqual(["unreachable"]);
  expect(secret.state.revision).toBe(revision);
  expect(secret.diff(program())).toEqual([]);
  await unreachable();
  await database.sql`delete from vault.secrets where name = ${secret.id}`;
  expect(await secret.up(program())).toEqual(["unreachable"]);
  expect(secret.state.revision).not.toBe(revision);
  process.env.TAILFIRE_READ_ONLY = "1";
  try {
    await expect(unreachable()).rejects.toThrow(/ECONNREFUSED/);
  } finally {
    delete process.env.TAILFIRE_READ_ONLY;
  }
  await secret.delete();
});

test("a database that does not answer counts as gone only when the project is", async () => {
  const nowhere = { ...database, port: 1 };
  const recorded = { id: "fdw_password", state: program() };
  const unknown = Object.assign(new Driven(vaultSecret, configurationOf(nowhere)), recorded);
  expect(await unknown.refresh()).toBe(true);
  expect(unknown.messages.at(-1)).toMatch(/ECONNREFUSED.*Next:/s);
  const { endpoint, token } = cloud.management;
  const asked = { managementEndpoint: endpoint, managementToken: token };
  const paused = Object.assign(new Driven(vaultSecret, configurationOf(nowhere, asked)), recorded);
  expect(await paused.refresh()).toBe(true);
  const gone = { ...nowhere, ref: "aaaaaaaaaaaaaaaaaaaa" };
  const deleted = Object.assign(new Driven(vaultSecret, configurationOf(gone, asked)), recorded);
  await deleted.delete();
  expect(await deleted.refresh()).toBe(false);
});

test("an empty value is refused", () => {
  expect(() => new Driven(vaultSecret, config).checked(program({ value: "" }))).toThrow(/must not be empty/);
});
