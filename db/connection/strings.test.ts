import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, startCluster } from "../../test/support/cluster.ts";
import { createDbClient } from "../client.ts";
import { connectForMigrations } from "../migrate/connect.ts";

// Connection strings as people are handed them, tried by psql and by both of our clients on one real server.

let cluster: Cluster;
let folder: string;
const strange = "a b/@%é";
const password = "p/#?%@:+ &=é";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-strings-"));
  const made = await generate([{ name: "commonName", value: "db.example" }], {
    keySize: 2048,
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const other = await generate([{ name: "commonName", value: "other" }], { keySize: 2048 });
  const files = { "server.crt": made.cert, "server.key": made.private, "other.crt": other.cert };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await chmod(join(folder, "server.key"), 0o600);
  cluster = await startCluster({
    settings: ["ssl = on", `ssl_cert_file = '${folder}/server.crt'`, `ssl_key_file = '${folder}/server.key'`],
  });
  await cluster.admin.unsafe(
    `create role "${strange}" login password '${password}'; create role plain login password 'plain'`,
  );
  await cluster.admin.unsafe(`create database "${strange}"`);
}, 60_000);
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const look =
  "select current_user as u, current_database() as d, current_setting('search_path') as s, current_setting('application_name') as a, " +
  "(select ssl from pg_stat_ssl where pid = pg_backend_pid())::text as tls";

async function byPsql(url: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)("psql", ["-X", "-At", "-c", look, url], {
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout.trim();
}

async function withEnvironment<T>(env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function byUs(url: string, env: Record<string, string> = {}): Promise<string[]> {
  return withEnvironment(env, async () => {
    const runner = connectForMigrations(url);
    const client = createDbClient(url, { max: 1 }).$client;
    try {
      const rows = await Promise.all([runner, client].map((sql) => sql.unsafe(look)));
      return rows.map(([row]) => Object.values(row ?? {}).join("|"));
    } finally {
      await Promise.all([runner.end({ timeout: 1 }), client.end({ timeout: 1 })]);
    }
  });
}

const at = (): string => `127.0.0.1:${cluster.port}`;
const encoded = encodeURIComponent(password);

describe("what psql takes connects to the same, as the same", () => {
  test.each<[string, () => string, (() => Record<string, string>)?]>([
    [
      "user, password and database encoded",
      () =>
        `postgres://${encodeURIComponent(strange)}:${encoded}@${at()}/${encodeURIComponent(strange)}?application_name=x`,
    ],
    [
      "everything as parameters",
      () =>
        `postgresql:///?host=127.0.0.1&port=${cluster.port}&user=plain&password=plain&dbname=postgres&application_name=x`,
    ],
    [
      "parameters win over what stands before them",
      () => `postgres://other:wrong@${at()}/nowhere?user=plain&password=plain&dbname=postgres&application_name=x`,
    ],
    ["the last one counts", () => `postgres://plain:plain@${at()}/postgres?application_name=a&application_name=b`],
    ["a plus is a plus", () => `postgres://plain:plain@${at()}/postgres?application_name=a+b%20c`],
    ["options", () => `postgres://plain:plain@${at()}/postgres?application_name=x&options=-c%20search_path%3Dapp`],
    [
      "all from the environment",
      () => "postgres://?application_name=x",
      () => ({
        PGHOST: "127.0.0.1",
        PGPORT: String(cluster.port),
        PGUSER: strange,
        PGPASSWORD: password,
        PGDATABASE: strange,
      }),
    ],
    [
      "the database of the user's name",
      () => `postgres://${encodeURIComponent(strange)}:${encoded}@${at()}?application_name=x`,
    ],
    [
      "options of the environment",
      () => `postgres://plain:plain@${at()}/postgres?application_name=x`,
      () => ({ PGOPTIONS: "-c search_path=app" }),
    ],
    [
      "several hosts, the first of which is not there",
      () => `postgres://plain:plain@127.0.0.1:1,${at()}/postgres?application_name=x`,
    ],
    [
      "keep-alives, GSS and a time-out",
      () =>
        `postgres://plain:plain@${at()}/postgres?application_name=x&gssencmode=disable&keepalives=1&keepalives_idle=30&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=9000&connect_timeout=10`,
    ],
    [
      "a session of any kind",
      () => `postgres://plain:plain@${at()}/postgres?application_name=x&target_session_attrs=any`,
    ],
    [
      "a session that writes",
      () => `postgres://plain:plain@${at()}/postgres?application_name=x&target_session_attrs=read-write`,
    ],
    [
      "channel binding where it can be",
      () => `postgres://plain:plain@${at()}/postgres?application_name=x&channel_binding=prefer`,
    ],
    ["sslmode=require", () => `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=require`],
    ["sslmode=prefer", () => `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=prefer`],
    ["sslmode=disable", () => `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=disable`],
    ["PGSSLMODE", () => `postgres://plain:plain@${at()}/postgres?application_name=x`, () => ({ PGSSLMODE: "require" })],
    [
      "verify-ca, by a name that is not the server's",
      () =>
        `postgres://plain:plain@localhost:${cluster.port}/postgres?application_name=x&sslmode=verify-ca&sslrootcert=${folder}/server.crt`,
    ],
    [
      "verify-full, by an address in the certificate",
      () =>
        `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=verify-full&sslrootcert=${folder}/server.crt`,
    ],
    [
      "a certificate of its own",
      () =>
        `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=require&sslcert=${folder}/server.crt&sslkey=${folder}/server.key`,
    ],
    [
      "PGSSLROOTCERT",
      () => `postgres://plain:plain@${at()}/postgres?application_name=x&sslmode=verify-ca`,
      () => ({ PGSSLROOTCERT: `${folder}/server.crt` }),
    ],
  ])("%s", async (_, url, env = () => ({})) => {
    const expected = await byPsql(url(), env());
    // Where the string is silent, libpq prefers TLS and we leave it out on this machine.
    const silent = !/ssl/i.test(url() + Object.keys(env()).join());
    const same = silent ? expected.replace(/[^|]*$/, "false") : expected.replace(/\|t$/, "|true");
    expect(await byUs(url(), env())).toEqual([same, same]);
  });

  test("the user of the operating system, where none is given", async () => {
    await cluster.admin.unsafe(`create role "${userInfo().username}" login password 'own'`);
    const [found] = await byUs(`postgres://${at()}/postgres?password=own`);
    expect(found?.split("|")[0]).toBe(userInfo().username);
  });
});

describe("what psql refuses is refused", () => {
  test.each([
    [
      "sslmode=require with an authority that did not sign",
      () => `postgres://plain:plain@${at()}/postgres?sslmode=require&sslrootcert=${folder}/other.crt`,
    ],
    [
      "verify-ca with an authority that did not sign",
      () => `postgres://plain:plain@${at()}/postgres?sslmode=verify-ca&sslrootcert=${folder}/other.crt`,
    ],
    [
      "verify-full by another name",
      () =>
        `postgres://plain:plain@localhost:${cluster.port}/postgres?sslmode=verify-full&sslrootcert=${folder}/server.crt`,
    ],
    [
      "a server that is not read only",
      () => `postgres://plain:plain@${at()}/postgres?target_session_attrs=standby&connect_timeout=3`,
    ],
    [
      "an authority that is not there",
      () => `postgres://plain:plain@${at()}/postgres?sslmode=verify-ca&sslrootcert=${folder}/none.crt`,
    ],
    ["an empty sslmode", () => `postgres://plain:plain@${at()}/postgres?sslmode=`],
    ["an unknown sslmode", () => `postgres://plain:plain@${at()}/postgres?sslmode=no-verify`],
    ["a parameter that is not known", () => `postgres://plain:plain@${at()}/postgres?sslmodes=require`],
  ])("%s", async (_, url) => {
    await expect(byPsql(url(), {})).rejects.toThrow();
    await expect(byUs(url())).rejects.toThrow();
  });
});

describe("what platforms add", () => {
  test.each([
    "pgbouncer=true",
    "pgbouncer=true&connection_limit=1&pool_timeout=20",
    "supa=base-pooler.x",
    "workaround=supabase-pooler.vercel",
    "schema=public",
    "connection_limit=3",
    "uselibpqcompat=true&sslmode=require",
    "sslmode=require&supa=base-pooler.x&pgbouncer=true",
  ])("%s connects", async (query) => {
    const [found] = await byUs(`postgres://plain:plain@${at()}/postgres?${query}`);
    expect(found).toContain("plain|postgres|");
  });

  test("schema is where unqualified names are looked up", async () => {
    const [found] = await byUs(`postgres://plain:plain@${at()}/postgres?schema=My%20%22App`);
    expect(found).toContain('|"My ""App"|');
  });

  test("channel binding that is demanded is refused where nothing proves who answers", async () => {
    const url = `postgres://plain:plain@${at()}/postgres?sslmode=require&channel_binding=require`;
    await expect(byUs(url)).rejects.toThrow(/certificate/);
    const proved = await byUs(`${url}&sslrootcert=${folder}/server.crt`);
    expect(proved[0]).toMatch(/true$/);
  });

  test("connection_limit is the size of the pool", () => {
    expect(createDbClient("postgres://u@127.0.0.1/x?connection_limit=3").$client.options.max).toBe(3);
    expect(createDbClient("postgres://u@127.0.0.1/x").$client.options.max).toBe(10);
  });
});
