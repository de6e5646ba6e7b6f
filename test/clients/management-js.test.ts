import { SupabaseManagementAPI, SupabaseManagementAPIError } from "supabase-management-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestCloud, type TestCloud, type TestProject } from "../support/local-cloud.ts";

let cloud: TestCloud;
let project: TestProject;
let client: SupabaseManagementAPI;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "management-js" });
  client = new SupabaseManagementAPI({ accessToken: cloud.organization(0).token, baseUrl: cloud.cloud.endpoint });
});

afterAll(() => cloud.close());

/** The client answers with status and headers around the body. */
async function data<T>(answer: Promise<{ data: T }>): Promise<T> {
  return (await answer).data;
}

test("organizations and projects: list, create, delete", async () => {
  const [organization] = await data(client.listAllOrganizations());
  expect(organization?.name).toBe("one");
  const body = { name: "by-js", organization_slug: organization?.slug ?? "", db_pass: "secret-by-js" };
  const made = await data(client.createAProject({ ...body, region: "us-east-1" }));
  await cloud.waitFor({ ref: made.ref, status: "ACTIVE_HEALTHY" });
  expect((await data(client.listAllProjects())).map(({ name }) => name).sort()).toEqual(["by-js", "management-js"]);
  expect((await data(client.getProject(made.ref))).database.host).toMatch(/^127\./);
  await client.deleteAProject(made.ref);
  await cloud.waitFor({ ref: made.ref, status: "gone" });
  await expect(client.getProject(made.ref)).rejects.toBeInstanceOf(SupabaseManagementAPIError);
});

test("api keys", async () => {
  const body = { type: "secret", name: "by_js_key" } as const;
  const made = await data(client.createProjectApiKey(project.ref, body, { reveal: true }));
  expect(made.api_key).toMatch(/^sb_secret_/);
  expect(await data(client.getProjectApiKeys(project.ref, { reveal: false }))).toHaveLength(5);
  await client.deleteProjectApiKey(project.ref, made.id ?? "");
  expect(await data(client.getProjectApiKeys(project.ref))).toHaveLength(4);
});

test("branches: create, list, get, demote, delete", async () => {
  const made = await data(client.createABranch(project.ref, { branch_name: "by-js", persistent: true }));
  const status = async () => (await data(client.getABranch(project.ref, "by-js"))).status;
  await expect.poll(status, { timeout: 20_000 }).toBe("MIGRATIONS_PASSED");
  const config = await data(client.getABranchConfig(made.id));
  const login = { host: config.db_host, port: config.db_port, password: config.db_pass ?? "" };
  expect(await cloud.connect({ ...project, ...login })`select 1 as one`).toEqual([{ one: 1 }]);
  await expect(client.deleteABranch(made.id)).rejects.toMatchObject({ message: expect.stringContaining("persistent") });
  await client.updateABranchConfig(made.id, { persistent: false });
  await client.deleteABranch(made.id);
  expect((await data(client.listAllBranches(project.ref))).map(({ name }) => name)).toEqual(["main"]);
});

test("settings and secrets", async () => {
  expect(await data(client.updatePostgresConfig(project.ref, { work_mem: "6MB" }))).toMatchObject({ work_mem: "6MB" });
  expect(await data(client.getPostgresConfig(project.ref))).toEqual({ work_mem: "6MB" });
  await client.updateSslEnforcementConfig(project.ref, { requestedConfig: { database: true } });
  expect((await data(client.getSslEnforcementConfig(project.ref))).currentConfig.database).toBe(true);
  await client.updateSslEnforcementConfig(project.ref, { requestedConfig: { database: false } });
  await client.updateNetworkRestrictions(project.ref, { dbAllowedCidrs: ["127.0.0.0/8"] });
  expect((await data(client.getNetworkRestrictions(project.ref))).config.dbAllowedCidrs).toEqual(["127.0.0.0/8"]);
  await client.bulkCreateSecrets(project.ref, [{ name: "BY_JS", value: "abc" }]);
  expect((await data(client.listAllSecrets(project.ref))).map(({ name }) => name)).toContain("BY_JS");
  await client.bulkDeleteSecrets(project.ref, ["BY_JS"]);
  expect((await data(client.updateAuthServiceConfig(project.ref, { site_url: "https://js.example" }))).site_url).toBe(
    "https://js.example",
  );
  expect((await data(client.createLoginRole(project.ref, { read_only: true }))).ttl_seconds).toBe(300);
});
