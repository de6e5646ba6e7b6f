import { afterAll, beforeAll, expect, test } from "vitest";
import { failure, openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";

let cloud: TestCloud;
let parent: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  parent = await cloud.project({ name: "parent" });
  const sql = cloud.connect(parent);
  await sql.unsafe(`
    create schema supabase_migrations;
    create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
    create table from_history (id int); insert into from_history values (1);
    create table beside_history (id int); insert into beside_history values (1);
    insert into supabase_migrations.schema_migrations values
      ('20260101000000', array['create table from_history (id int)'], 'first')`);
  await sql.end();
});

afterAll(() => cloud.close());

const list = async () => (await cloud.request({ path: `/v1/projects/${parent.ref}/branches` })).body;

async function create(body: Record<string, unknown>) {
  return cloud.request({ method: "POST", path: `/v1/projects/${parent.ref}/branches`, body });
}

/** Waits until the branch has come to an end of its setting-up, and says how to connect. */
async function ready(id: string): Promise<TestProject & { status: string }> {
  const done = /^(MIGRATIONS_PASSED|MIGRATIONS_FAILED|FUNCTIONS_DEPLOYED)$/;
  const status = async () => (await list()).find((branch: { id: string }) => branch.id === id)?.status;
  await expect.poll(status, { timeout: 20_000 }).toMatch(done);
  const { body } = await cloud.request({ path: `/v1/branches/${id}` });
  return {
    ref: body.ref,
    host: body.db_host,
    port: body.db_port,
    password: body.db_pass,
    milliseconds: 0,
    status: await status(),
  };
}

test("a branch is a cluster of its own with the parent's migrations replayed, and without its data", async () => {
  expect(await list()).toEqual([]);
  const made = await create({ branch_name: "feature", secrets: { A: "b" } });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ name: "feature", parent_project_ref: parent.ref, status: "CREATING_PROJECT" });
  const branch = await ready(made.body.id);
  const sql = cloud.connect(branch);
  expect(await sql`select count(*)::int as n from from_history`).toEqual([{ n: 0 }]);
  expect((await failure(sql`select 1 from beside_history`)).code).toBe("42P01");
  expect(await sql`select version, name from supabase_migrations.schema_migrations`).toEqual([
    { version: "20260101000000", name: "first" },
  ]);
  expect(
    (await list()).map(({ name, is_default }: { name: string; is_default: boolean }) => [name, is_default]),
  ).toEqual([
    ["main", true],
    ["feature", false],
  ]);
  const at = `/v1/projects/${branch.ref}`;
  expect((await cloud.request({ path: at })).status).toBe(404);
  expect((await cloud.request({ path: "/v1/projects" })).body).toHaveLength(1);
  expect((await cloud.request({ path: `${at}/secrets` })).body).toContainEqual(expect.objectContaining({ name: "A" }));
  expect((await cloud.request({ path: `/v1/branches/${branch.ref}`, organization: 1 })).status).toBe(403);
  expect((await create({ branch_name: "feature" })).status).toBe(409);
});

test("with data, a branch has the parent's rows, its own password, and goes its own way", async () => {
  const made = await create({ branch_name: "copy", with_data: true });
  const branch = await ready(made.body.id);
  const [copy, original] = [cloud.connect(branch), cloud.connect(parent)];
  expect(await copy`select count(*)::int as n from beside_history`).toEqual([{ n: 1 }]);
  await copy`insert into beside_history values (2)`;
  expect(await original`select count(*)::int as n from beside_history`).toEqual([{ n: 1 }]);
  expect((await failure(cloud.connect({ ...branch, password: parent.password })`select 1`)).code).toBe("28P01");
});

test("a migration that fails leaves the branch up, with MIGRATIONS_FAILED", async () => {
  const sql = cloud.connect(parent);
  await sql`insert into supabase_migrations.schema_migrations values ('20260102', array['create nonsense'], 'bad')`;
  const made = await create({ branch_name: "broken" });
  const branch = await ready(made.body.id);
  expect(branch.status).toBe("MIGRATIONS_FAILED");
  expect(await cloud.connect(branch)`select to_regclass('from_history') is not null as there`).toEqual([
    { there: true },
  ]);
  await sql`delete from supabase_migrations.schema_migrations where version = '20260102'`;
});

test("a persistent branch is deleted only after it was demoted; then it is gone, and gone again", async () => {
  const made = await create({ branch_name: "staging", persistent: true });
  const { id } = made.body;
  const branch = await ready(id);
  const remove = () => cloud.request({ method: "DELETE", path: `/v1/branches/${id}` });
  expect(await remove()).toEqual({ status: 422, body: { message: "Cannot delete persistent branch" } });
  const patched = await cloud.request({ method: "PATCH", path: `/v1/branches/${id}`, body: { persistent: false } });
  expect(patched.body).toMatchObject({ id, persistent: false });
  expect(await remove()).toEqual({ status: 200, body: { message: "ok" } });
  expect((await remove()).status).toBe(404);
  await expect.poll(async () => (await failure(cloud.connect(branch)`select 1`)).code).toBe("ECONNREFUSED");
});

test("with its parent a branch goes too", async () => {
  await cloud.request({ method: "DELETE", path: `/v1/projects/${parent.ref}` });
  await cloud.waitFor({ ref: parent.ref, status: "gone" });
  const { projects } = (await cloud.request({ path: `/v1/organizations/${cloud.organization(0).slug}/projects` })).body;
  expect(projects.filter(({ status }: { status: string }) => status !== "GOING_DOWN")).toEqual([]);
});
