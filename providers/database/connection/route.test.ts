import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../test/support/cloud.ts";
import { configurationOf, Driven } from "../../../test/support/provider-call.ts";
import type { TestDatabase } from "../../../test/support/test-cloud.ts";
import { parseConfiguration } from "../configuration.ts";
import { migrations } from "../migrations.provider.ts";
import { readerRole } from "../reader-role.provider.ts";
import { vaultSecret } from "../vault-secret.provider.ts";

const folder = join(import.meta.dirname, "../../../migrations");
const CLOSED = "1";
let database: TestDatabase;
let pooler: { poolerHost: string; poolerPort: string; poolerUser: string };
let management: { managementEndpoint: string; managementToken: string };

test.beforeAll(async ({ cloud }) => {
  database = await cloud.createDatabase("routes");
  const { endpoint, token } = cloud.management;
  management = { managementEndpoint: endpoint, managementToken: token };
  const answer = await fetch(`${endpoint}/v1/projects/${database.ref}/config/database/pooler`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const entries = (await answer.json()) as { db_host: string; db_port: number; pool_mode: string }[];
  const session = entries.find((entry) => entry.pool_mode === "session");
  // A list without a session pooler leaves its well-known port to the client.
  const [poolerHost, poolerPort] = [entries[0]?.db_host ?? "", String(session?.db_port ?? 5432)];
  pooler = { poolerHost, poolerPort, poolerUser: `postgres.${database.ref}` };
});
const who = `select current_user::text as acts, session_user::text as login`;

async function session(more: Record<string, string>) {
  const made = configurationOf(database, more).database;
  const [row] = (await made?.fresh((sql) => sql.unsafe(who))) ?? [];
  return { ...row, host: made?.target.host };
}

test("the direct address is used where it answers, else the session pooler", async () => {
  expect(await session(pooler)).toEqual({ acts: "postgres", login: "postgres", host: database.host });
  const closed = { ...database, port: Number(CLOSED) };
  const made = configurationOf(closed, pooler).database;
  expect(await made?.fresh((sql) => sql.unsafe(who))).toMatchObject([{ acts: "postgres" }]);
  expect(made?.target).toMatchObject({ host: pooler.poolerHost, user: pooler.poolerUser });
});

test("a short-lived login takes the place of the password, and acts as postgres", async () => {
  const { ref: projectRef, host, port } = database;
  for (const further of [{}, pooler]) {
    const given = { projectRef, host, port: String(port), credentials: "login-role", ...management };
    const { config } = parseConfiguration({ ...given, ...further }, {});
    if (!config) throw new Error("no password should be needed");
    const [row] = (await config.database?.fresh((sql) => sql.unsafe(who))) ?? [];
    expect(row).toEqual({ acts: "postgres", login: expect.stringMatching(/^cli_login_/) });
    const program = { projectRef };
    await new Driven(migrations, config).up({ ...program, folder, settings: { catalog: "local" } });
    await new Driven(vaultSecret, config).up({ ...program, name: "by_login", value: "hush" });
    const reader = new Driven(readerRole, config);
    await reader.up(program);
    await reader.refresh();
    expect(reader.diff(program)).toEqual([]);
    await config.database?.close();
  }
  const owners =
    await database.sql`select distinct tableowner as owner from pg_tables where schemaname in ('public', 'catalog')`;
  expect(owners).toEqual([{ owner: "postgres" }]);
  const none = parseConfiguration({ host, credentials: "login-role" }, {});
  expect(none.failures.map(({ property }) => property)).toEqual(["credentials"]);
});

test("one login serves many operations, and a refused one says what to do without a secret", async () => {
  const verifier = async () =>
    (await database.sql`select rolpassword from pg_authid where rolname = 'cli_login_postgres'`)[0]?.rolpassword;
  const before = await verifier();
  const made = configurationOf(database, { credentials: "login-role", ...management }).database;
  await made?.fresh((sql) => sql.unsafe(who));
  const one = await verifier();
  expect(one).not.toBe(before);
  await Promise.all([1, 2, 3].map(() => made?.fresh((sql) => sql.unsafe(who))));
  expect(await verifier()).toBe(one);
  const refused = configurationOf(database, { credentials: "login-role", ...management, managementToken: "sbp_wrong" });
  const secret = new Driven(vaultSecret, refused);
  const failed = secret.up({ projectRef: database.ref, name: "n", value: "v" });
  await expect(failed).rejects.toThrow(/short-lived login for project \w{20} failed with HTTP 401.*Next: .*token/s);
});

test("a recorded login that no longer holds leaves what was recorded, and names the way out", async () => {
  const kept = new Driven(vaultSecret, configurationOf(database));
  await kept.up({ projectRef: database.ref, name: "kept", value: "v" });
  const recorded = { credentials: "login-role", ...management };
  const stale = {
    "HTTP 401": { ...recorded, managementToken: "sbp_withdrawn" },
    "no answer": { ...recorded, managementEndpoint: "http://127.0.0.1:1" },
    "28P01": { password: "changed outside" },
  };
  for (const [said, configuration] of Object.entries(stale)) {
    const secret = new Driven(vaultSecret, configurationOf(database, configuration));
    Object.assign(secret, { id: kept.id, state: kept.state, inputs: kept.inputs });
    await secret.refresh();
    expect(secret.diff({ projectRef: database.ref, name: "kept", value: "v" }), said).toEqual(["unreachable"]);
    expect(secret.messages.join("\n")).toMatch(
      new RegExp(`${said}.*Taken as it was recorded.*configured now.*--no-refresh`, "s"),
    );
  }
});

test("a login that another run takes over is asked for again", async () => {
  const { ref: projectRef } = database;
  const config = configurationOf(database, { credentials: "login-role", ...management });
  const mine = new Driven(vaultSecret, config);
  await mine.up({ projectRef, name: "taken_over", value: "first" });
  // Its name is used again, which voids the password the first run holds.
  const taken = await fetch(`${management.managementEndpoint}/v1/projects/${projectRef}/cli/login-role`, {
    method: "POST",
    headers: { authorization: `Bearer ${management.managementToken}`, "content-type": "application/json" },
    body: JSON.stringify({ read_only: false }),
  });
  expect(taken.status).toBe(201);
  await config.database?.close();
  await mine.up({ projectRef, name: "taken_over", value: "second" });
  expect(mine.messages.join("\n")).toContain("another run took over the short-lived login");
});

test("without any way in the ledger is read over HTTPS, and what needs a session says so", async () => {
  const { ref: projectRef } = database;
  const near = { ...database, port: Number(CLOSED) };
  const shut = { ...pooler, poolerPort: CLOSED };
  const program = { projectRef, folder, settings: { catalog: "local" } };
  const open = new Driven(migrations, configurationOf(database));
  await open.up(program);

  const far = new Driven(migrations, configurationOf(near, { ...shut, ...management }));
  Object.assign(far, { id: open.id, state: open.state, inputs: open.inputs });
  expect(await far.refresh()).toBe(true);
  expect(far.diff(program)).toEqual([]);
  expect(far.messages.join()).toContain("over HTTPS");
  await database.sql`update environment.settings set value = '"other"' where name = 'catalog'`;
  await far.refresh();
  expect(far.diff(program)).toEqual(["settings.catalog"]);
  await expect(far.up(program)).rejects.toThrow(
    /no session is to be had: .*ECONNREFUSED.*ECONNREFUSED.*Next: open port 5432/s,
  );
  const secret = new Driven(vaultSecret, configurationOf(near, { ...shut, ...management }));
  await expect(secret.up({ projectRef, name: "n", value: "v" })).rejects.toThrow(/no session is to be had/);
  const alone = new Driven(migrations, configurationOf(near, shut));
  Object.assign(alone, { id: open.id, state: open.state, inputs: open.inputs });
  await alone.refresh();
  expect(alone.messages.at(-1)).toMatch(/no session is to be had/);
  expect(alone.diff(program)).toEqual(["unreachable"]);
  // Nothing was written on the way.
  expect(await database.sql`select value from environment.settings where name = 'catalog'`).toEqual([
    { value: "other" },
  ]);
});
