import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { cloudLayout } from "../layout.ts";
import { readState } from "../state.ts";

const facts: { loginRole: { readWrite: { attributes: object } } } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../facts/platform-facts.json"), "utf8"),
);
let cloud: TestCloud;
let project: TestProject;
let pooler: string;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "settings" });
  pooler = (await readState(cloudLayout(cloud.dataDir).state))?.network.pooler.host ?? "";
});

afterAll(() => cloud.close());

const at = (path: string) => `/v1/projects/${project.ref}${path}`;
const put = (path: string, body: unknown) => cloud.request({ method: "PUT", path: at(path), body });
const post = (path: string, body: unknown) => cloud.request({ method: "POST", path: at(path), body });
const patch = (path: string, body: unknown) => cloud.request({ method: "PATCH", path: at(path), body });
const remove = (path: string, body?: unknown) => cloud.request({ method: "DELETE", path: at(path), body });
const get = async (path: string) => (await cloud.request({ path: at(path) })).body;

async function shown(name: string): Promise<string> {
  const sql = cloud.connect(project);
  const [row] = await sql.unsafe(`show ${name}`);
  await sql.end();
  return String(row?.[name]);
}

describe("Postgres config", () => {
  const path = "/config/database/postgres";

  test("begins empty, applies with a reload, replaces what was set before", async () => {
    expect(await get(path)).toEqual({});
    expect((await put(path, { work_mem: "7MB", statement_timeout: "90s" })).body).toEqual({
      work_mem: "7MB",
      statement_timeout: "90s",
    });
    await expect.poll(() => shown("work_mem")).toBe("7MB");
    expect((await put(path, { statement_timeout: "80s" })).status).toBe(200);
    await expect.poll(() => shown("work_mem")).toBe("4MB");
    expect(await get(path)).toEqual({ statement_timeout: "80s" });
  });

  test("a setting that needs a restart gets one, unless the request says no", async () => {
    expect((await put(path, { max_connections: 55, restart_database: false })).status).toBe(200);
    expect(await shown("max_connections")).toBe("60");
    expect((await put(path, { max_connections: 55 })).status).toBe(200);
    expect(await shown("max_connections")).toBe("55");
  });

  test("a value Postgres refuses, or cannot start with, changes nothing", async () => {
    const bad = await put(path, { work_mem: "lots" });
    expect(bad.status).toBe(400);
    expect(bad.body.message).toContain("work_mem");
    const giant = await put(path, { max_connections: 55, shared_buffers: "900TB" });
    expect(giant.status).toBeGreaterThanOrEqual(400);
    const unusable = await put(path, { max_connections: 3, max_wal_senders: 10 });
    expect(unusable.status).toBe(500);
    expect(unusable.body.message).toContain("the former config is back");
    expect(await shown("max_connections")).toBe("55");
    expect(await get(path)).toEqual({ max_connections: 55 });
    expect((await put(path, { no_such_setting: 1 })).status).toBe(400);
  });
});

describe("SSL enforcement and network restrictions", () => {
  const refused = async (extra: Parameters<TestCloud["connect"]>[1]) => {
    const sql = cloud.connect(project, { connect_timeout: 5, ...extra });
    return failure(sql`select 1`);
  };
  const tenant = () => ({ host: pooler, user: `postgres.${project.ref}` });

  test("enforced, plaintext is refused directly and by the poolers, TLS is served by all", async () => {
    expect(await get("/ssl-enforcement")).toEqual({ currentConfig: { database: false }, appliedSuccessfully: true });
    expect((await put("/ssl-enforcement", { requestedConfig: { database: true } })).body).toEqual({
      currentConfig: { database: true },
      appliedSuccessfully: true,
    });
    expect(await refused({ ssl: false })).toMatchObject({ code: "28000" });
    expect((await refused({ ssl: false, ...tenant() })).message).toContain("(ESSLREQUIRED) SSL connection is required");
    for (const extra of [{}, tenant()]) {
      const sql = cloud.connect(project, { ssl: { rejectUnauthorized: false }, ...extra });
      expect(await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`).toEqual([{ ssl: true }]);
      await sql.end();
    }
    expect((await post("/database/query", { query: "select 1 as one" })).body).toEqual([{ one: 1 }]);
    await put("/ssl-enforcement", { requestedConfig: { database: false } });
    expect(await shown("ssl")).toBe("on");
  });

  test("a range without the client refuses it; the platform's own logins, and allowed addresses, get in", async () => {
    const applied = await post("/network-restrictions/apply", { dbAllowedCidrs: ["203.0.113.0/24", "127.9.9.9/32"] });
    expect(applied.body).toMatchObject({
      status: "applied",
      config: { dbAllowedCidrs: ["203.0.113.0/24", "127.9.9.9/32"], dbAllowedCidrsV6: [] },
      old_config: { dbAllowedCidrs: ["0.0.0.0/0"] },
    });
    await expect.poll(async () => (await refused({ ssl: false })).code).toBe("28000");
    expect((await refused(tenant())).message).toContain(
      "(EADDRNOTALLOWED) address not in tenant allow_list: 127.0.0.1",
    );
    expect((await post("/database/query", { query: "select 1 as one" })).status).toBe(201);
    const from = (host: string) => connect({ host, port: 5432, localAddress: "127.9.9.9" });
    for (const extra of [{ host: project.host }, tenant()]) {
      // postgres.js takes a socket of one's own, which its types do not say.
      const options = { ...extra, socket: () => from(extra.host) } as unknown as Parameters<TestCloud["connect"]>[1];
      expect(await cloud.connect(project, options)`select 1 as one`).toEqual([{ one: 1 }]);
    }
    const opened = await patch("/network-restrictions", { add: { dbAllowedCidrs: ["0.0.0.0/0"] } });
    expect(opened.body.config.dbAllowedCidrs).toContainEqual({ address: "0.0.0.0/0", type: "v4" });
    await expect.poll(async () => shown("ssl")).toBe("on");
    expect((await post("/network-restrictions/apply", { dbAllowedCidrs: ["here"] })).status).toBe(400);
  });
});

describe("keys, secrets and services", () => {
  test("keys are made, changed and removed; a secret is shown on request only", async () => {
    const made = await post("/api-keys?reveal=true", { type: "secret", name: "worker_key", description: "d" });
    expect(made.status).toBe(201);
    expect(made.body.api_key).toMatch(/^sb_secret_[\w-]{22}_[\w-]{8}$/);
    const { id } = made.body;
    expect((await get(`/api-keys/${id}`)).api_key).toContain("·");
    expect((await get(`/api-keys/${id}?reveal=true`)).api_key).toBe(made.body.api_key);
    expect((await post("/api-keys", { type: "secret", name: "worker_key" })).status).toBe(400);
    expect((await post("/api-keys", { type: "secret", name: "Bad" })).status).toBe(400);
    expect((await patch(`/api-keys/${id}`, { name: "renamed" })).body.name).toBe("renamed");
    expect((await remove(`/api-keys/${id}`)).status).toBe(200);
    expect((await cloud.request({ path: at(`/api-keys/${id}`) })).status).toBe(404);
    await put("/api-keys/legacy?enabled=false", undefined);
    expect(await get("/api-keys/legacy")).toEqual({ enabled: false });
  });

  test("secrets of functions: only a hash is ever shown; the platform's own cannot be set", async () => {
    expect((await post("/secrets", [{ name: "TOKEN", value: "abc" }])).status).toBe(201);
    const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await get("/secrets")).toContainEqual({ name: "TOKEN", value: hash, updated_at: expect.any(String) });
    expect((await post("/secrets", [{ name: "SUPABASE_X", value: "abc" }])).status).toBe(400);
    expect((await remove("/secrets", ["TOKEN", "NONE"])).status).toBe(200);
    expect((await get("/secrets")).map(({ name }: { name: string }) => name)).not.toContain("TOKEN");
  });

  test("auth settings: only what is given changes, secrets come back hashed, a hook needs its function", async () => {
    const { body } = await patch("/config/auth", { site_url: "https://a.example", smtp_pass: "abc" });
    expect(body).toMatchObject({ site_url: "https://a.example", jwt_exp: 3600 });
    expect(body.smtp_pass).toMatch(/^ba7816bf/);
    expect((await patch("/config/auth", { hook_custom_access_token_enabled: true })).status).toBe(400);
    const uri = "pg-functions://postgres/public/hook";
    const hook = { hook_custom_access_token_enabled: true, hook_custom_access_token_uri: uri };
    expect((await patch("/config/auth", hook)).body).toMatchObject(hook);
    expect((await patch("/config/auth", { jwt_exp: "soon" })).status).toBe(400);
    expect((await patch("/config/auth", { nonsense: 1 })).status).toBe(400);
    expect((await get("/config/auth")).site_url).toBe("https://a.example");
  });

  test("PostgREST, Storage, Realtime, pooler and third-party auth keep what they are told", async () => {
    expect((await patch("/postgrest", { max_rows: 7 })).body).toMatchObject({
      max_rows: 7,
      db_schema: expect.any(String),
    });
    expect(
      (await patch("/config/storage", { fileSizeLimit: 5, features: { s3Protocol: { enabled: false } } })).status,
    ).toBe(200);
    expect(await get("/config/storage")).toMatchObject({
      fileSizeLimit: 5,
      features: { s3Protocol: { enabled: false }, imageTransformation: { enabled: true } },
    });
    expect((await patch("/config/realtime", { private_only: true })).status).toBe(204);
    expect(await get("/config/realtime")).toMatchObject({ private_only: true, connection_pool: null });
    expect((await patch("/config/database/pooler", { default_pool_size: 4 })).body.default_pool_size).toBe(4);
    expect((await get("/config/database/pooler"))[0].default_pool_size).toBe(4);
    const made = await post("/config/auth/third-party-auth", { oidc_issuer_url: "https://issuer.example" });
    expect(made.status).toBe(201);
    expect((await remove(`/config/auth/third-party-auth/${made.body.id}`)).status).toBe(200);
    expect(await get("/config/auth/third-party-auth")).toEqual([]);
  });

  test("functions are recorded, version by version", async () => {
    const deploy = async () => {
      const form = new FormData();
      form.set("metadata", JSON.stringify({ name: "hello", entrypoint_path: "index.ts" }));
      form.append("file", new File(["export {}"], "index.ts"));
      const headers = { authorization: `Bearer ${cloud.organization(0).token}` };
      const url = `${cloud.cloud.endpoint}${at("/functions/deploy?slug=hello")}`;
      return (await fetch(url, { method: "POST", headers, body: form })).json();
    };
    expect(await deploy()).toMatchObject({ slug: "hello", version: 1, status: "ACTIVE" });
    expect(await deploy()).toMatchObject({ slug: "hello", version: 2 });
    expect(await get("/functions")).toHaveLength(1);
    expect((await remove("/functions/hello")).status).toBe(200);
    expect(await get("/functions")).toEqual([]);
  });
});

describe("roles and migrations", () => {
  test("a login role is nothing until it is SET to postgres, its name is used again, a read-only one writes nothing", async () => {
    const role = async (readOnly: boolean) => (await post("/cli/login-role", { read_only: readOnly })).body;
    const [full, reader] = [await role(false), await role(true)];
    expect(full.ttl_seconds).toBe(300);
    const login = (made: typeof full) => ({ user: made.role, password: made.password });
    const sql = cloud.connect(project, login(full));
    const { readWrite } = facts.loginRole;
    const [made] = await sql`
      select rolcanlogin as login, rolinherit as inherit, rolsuper as superuser, rolcreaterole as createrole,
        rolcreatedb as createdb, rolbypassrls as bypassrls, rolreplication as replication
      from pg_roles where rolname = ${full.role}`;
    expect(made).toEqual(readWrite.attributes);
    expect(await sql`show search_path`).toEqual([{ search_path: '"$user", public' }]);
    expect((await failure(sql`create table by_login_role ()`)).code).toBe("42501");
    await sql`set session role postgres`;
    await sql`create table by_login_role ()`;
    const again = await role(false);
    expect(again.role).toBe(full.role);
    expect((await failure(cloud.connect(project, login(full))`select 1`)).code).toBe("28P01");
    expect(await cloud.connect(project, login(again))`select 1 as up`).toEqual([{ up: 1 }]);
    expect(await sql`select tableowner from pg_tables where tablename = 'by_login_role'`).toEqual([
      { tableowner: "postgres" },
    ]);
    const [until] = await sql`select rolvaliduntil - now() as left from pg_roles where rolname = ${full.role}`;
    expect(String(until?.left)).toMatch(/^00:0[45]/);
    const through = cloud.connect(project, { ...login(reader), host: pooler, user: `${reader.role}.${project.ref}` });
    expect(await through`select count(*)::int as n from by_login_role`).toEqual([{ n: 0 }]);
    expect((await failure(through`create table nope ()`)).code).toMatch(/25006|42501/);
    expect(await remove("/cli/login-role")).toMatchObject({ status: 200 });
    expect((await failure(cloud.connect(project, login(full))`select 1`)).code).toBe("28P01");
  });

  test("migrations applied over HTTP are in the history, once for one key", async () => {
    const apply = (query: string) =>
      fetch(`${cloud.cloud.endpoint}${at("/database/migrations")}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${cloud.organization(0).token}`,
          "content-type": "application/json",
          "idempotency-key": "one",
        },
        body: JSON.stringify({ query, name: "first" }),
      });
    expect(await get("/database/migrations")).toEqual([]);
    expect((await apply("create table made_by_migration ()")).status).toBe(200);
    expect((await apply("create table made_by_migration ()")).status).toBe(200);
    const [entry, ...others] = await get("/database/migrations");
    expect(others).toEqual([]);
    expect(entry).toEqual({ version: expect.stringMatching(/^\d{14}$/), name: "first" });
    expect((await get(`/database/migrations/${entry.version}`)).statements).toEqual([
      "create table made_by_migration ()",
    ]);
    expect((await post("/database/migrations", { query: "create nonsense" })).status).toBe(400);
    expect((await remove(`/database/migrations?gte=${entry.version}`)).status).toBe(200);
    expect(await get("/database/migrations")).toEqual([]);
  });
});
