import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { startLocalCloud, stopLocalCloud } from "../cloud.ts";
import { cloudLayout } from "../layout.ts";
import { readState } from "../state.ts";

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "database" });
});

afterAll(() => cloud.close());

describe("database", () => {
  test("a new password works at once, the old one no longer", async () => {
    const other = await cloud.project({ name: "password" });
    const path = `/v1/projects/${other.ref}/database/password`;
    expect((await cloud.request({ method: "PATCH", path, body: { password: "abc" } })).status).toBe(400);
    expect((await cloud.request({ method: "PATCH", path, body: { password: "brand new" } })).status).toBe(200);
    expect((await failure(cloud.connect(other)`select 1`)).code).toBe("28P01");
    expect(await cloud.connect({ ...other, password: "brand new" })`select 1 as up`).toEqual([{ up: 1 }]);
  });

  test("a query runs as postgres, takes parameters, and reports SQLSTATE", async () => {
    const path = `/v1/projects/${project.ref}/database/query`;
    const run = (body: unknown) => cloud.request({ method: "POST", path, body });
    const who = await run({ query: "reset role; select current_user, $$x$$ as x" });
    expect(who).toEqual({ status: 201, body: [{ current_user: "postgres", x: "x" }] });
    expect((await run({ query: "select $1::int + 1 as n", parameters: [41] })).body).toEqual([{ n: 42 }]);
    const wrong = await run({ query: "select * from nowhere" });
    expect(wrong.status).toBe(400);
    expect(wrong.body.message).toMatch(/42P01.*nowhere/);
    const climb = await run({ query: "set session authorization supabase_admin" });
    expect(climb.body.message).toContain("42501");
  });

  test("a read-only query reads everything and writes nothing, even after asking to", async () => {
    const read = `/v1/projects/${project.ref}/database/query/read-only`;
    const run = (query: string) => cloud.request({ method: "POST", path: read, body: { query } });
    await cloud.connect(project)`create table if not exists guarded (id int)`;
    expect((await run("select count(*)::int as n from guarded")).body).toEqual([{ n: 0 }]);
    expect((await run("insert into guarded values (1)")).status).toBe(400);
    const trick = await run(
      "set transaction_read_only = off; set default_transaction_read_only = off; insert into guarded values (1)",
    );
    expect(trick.status).toBe(400);
    const flag = { query: "insert into guarded values (1)", read_only: true };
    const other = await cloud.request({
      method: "POST",
      path: `/v1/projects/${project.ref}/database/query`,
      body: flag,
    });
    expect(other.status).toBe(400);
  });
});

test("a project of an earlier version, whose API logged in under the name that login roles bear now, goes on", async () => {
  const file = cloudLayout(cloud.dataDir).state;
  const state = await readState(file);
  const [record] = state?.projects ?? [];
  if (!record) throw new Error("the cloud has no project");
  const password = record.internal.admin;
  await cloud.connect(project, { user: "supabase_admin", password })`
    alter role supabase_local_query rename to cli_login_postgres`;
  await stopLocalCloud(cloud);
  const { host, port, pgbouncerPort } = record.address;
  const earlier = {
    ...record,
    internal: { ...record.internal, queryUser: undefined },
    address: { host, port, pgbouncerPort },
  };
  await writeFile(file, JSON.stringify({ ...state, projects: [earlier, ...(state?.projects.slice(1) ?? [])] }));
  await startLocalCloud({ dataDir: cloud.dataDir, organizations: [] });
  const at = (path: string) => `/v1/projects/${project.ref}${path}`;
  const ask = async () => {
    const asked = { path: at("/database/query"), body: { query: "reset role; select current_user as who" } };
    return (await cloud.request({ method: "POST", ...asked })).body;
  };
  expect(await ask()).toEqual([{ who: "postgres" }]);
  const { body: login } = await cloud.request({
    method: "POST",
    path: at("/cli/login-role"),
    body: { read_only: false },
  });
  const sql = cloud.connect({ ...project, password: login.password }, { user: login.role });
  await sql`set session role postgres`;
  expect(await sql`select current_user as who`).toEqual([{ who: "postgres" }]);
  expect(await ask()).toEqual([{ who: "postgres" }]);
  const health = await cloud.request({ path: at("/health?services=db_postgres_user") });
  expect(health.body).toMatchObject([{ healthy: true }]);
  const { body } = await cloud.request({ path: at("") });
  expect(body.database.api_port).toBe(record.address.apiPort);
});
