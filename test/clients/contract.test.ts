import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "../../local/api/app.ts";
import type { ApiContext } from "../../local/api/context.ts";
import { openTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { ADDED } from "../support/recorded-traffic.ts";
import { readDescription, type Traffic } from "./openapi.ts";
import { normal, operationsOf } from "./operations.ts";

const root = join(import.meta.dirname, "../..");
const description = readDescription();

test("the local cloud serves every operation the provider uses", () => {
  // Routes are made without looking at the context; only handlers do.
  const context = { rateLimit: { perMinute: 0 } } as unknown as ApiContext;
  const served = createApi(context).routes.filter(({ method }) => method !== "ALL");
  const names = new Set(served.map(({ method, path }) => `${method} ${normal(path)}`));
  const { operations, unread } = operationsOf(join(root, "providers/supabase"));
  expect(unread).toEqual([]);
  expect(operations.length).toBeGreaterThan(20);
  expect(operations.map(({ method, path }) => `${method} ${path}`).filter((name) => !names.has(name))).toEqual([]);
});

describe("recorded traffic", () => {
  let cloud: TestCloud;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "traffic-"));
    process.env.TAILFIRE_RECORD = join(folder, "traffic");
    cloud = await openTestCloud();
    delete process.env.TAILFIRE_RECORD;
  });

  afterAll(async () => {
    await cloud?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("what does not fit the description is named", () => {
    const traffic = {
      method: "GET",
      path: "/v1/projects",
      request: null,
      status: 200,
      response: [{ ref: "Nope", more: 1 }],
    };
    const problems = description.problemsOf(traffic);
    expect(problems).toContain("GET /v1/projects answer[0].name: missing");
    expect(problems).toContain("GET /v1/projects answer[0].more: not described");
    expect(problems.some((problem) => problem.includes("[0].ref: does not match"))).toBe(true);
    expect(description.problemsOf({ ...traffic, path: "/v1/nothing" })).toEqual([
      "GET /v1/nothing is no operation of the API",
    ]);
  });

  async function recorded(): Promise<Traffic[]> {
    const names = await readdir(join(folder, "traffic"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, "traffic", name), "utf8")));
    return texts.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line) as Traffic);
  }

  test("requests and answers are as the API's description has them, and hold no secret", async () => {
    const { ref, password } = await cloud.project({ name: "traffic" });
    const slug = cloud.organization(0).slug;
    const get = async (path: string) => (await cloud.request({ path })).body;
    const send = async (method: string, path: string, body?: unknown) =>
      (await cloud.request({ method, path: `/v1/projects/${ref}${path}`, body })).body;
    const reads = ["", "/api-keys?reveal=true", "/api-keys/legacy", "/billing/addons", "/branches", "/secrets"];
    const configs = ["auth", "auth/third-party-auth", "database/pgbouncer", "database/pooler", "database/postgres"];
    configs.push("realtime", "storage");
    const others = [
      "/functions",
      "/health?services=db,auth",
      "/network-restrictions",
      "/postgrest",
      "/ssl-enforcement",
    ];
    const all = [...reads, ...configs.map((name) => `/config/${name}`), ...others, "/database/migrations"];
    for (const path of all) await get(`/v1/projects/${ref}${path}`);
    for (const path of ["", `/${slug}`, `/${slug}/projects`, `/${slug}/members`]) await get(`/v1/organizations${path}`);
    await get("/v1/projects");
    await get(`/v1/projects/available-regions?organization_slug=${slug}`);
    const key = await send("POST", "/api-keys?reveal=true", { type: "secret", name: "traffic" });
    await send("PATCH", `/api-keys/${key.id}`, { description: "d" });
    await send("DELETE", `/api-keys/${key.id}`);
    await send("PUT", "/api-keys/legacy?enabled=false");
    await send("PATCH", "", { name: "renamed" });
    await send("PATCH", "/database/password", { password: "changed-password" });
    await send("POST", "/database/query", { query: "select 1" });
    await send("POST", "/database/migrations", { query: "create table t ()", name: "t" });
    await send("PATCH", "/billing/addons", { addon_type: "compute_instance", addon_variant: "ci_small" });
    await get(`/v1/projects/${ref}/billing/addons`);
    await send("DELETE", "/billing/addons/ci_small");
    await send("PUT", "/config/database/postgres", { work_mem: "5MB", max_connections: 50 });
    await send("PATCH", "/config/database/pooler", { default_pool_size: 9 });
    await send("PUT", "/ssl-enforcement", { requestedConfig: { database: true } });
    await send("POST", "/network-restrictions/apply", { dbAllowedCidrs: ["127.0.0.0/8"], dbAllowedCidrsV6: [] });
    await send("PATCH", "/network-restrictions", { add: { dbAllowedCidrs: ["10.0.0.0/8"] } });
    await send("PATCH", "/config/auth", { site_url: "https://a.example", smtp_pass: "smtp-secret" });
    await send("PATCH", "/postgrest", { max_rows: 9 });
    await send("PATCH", "/config/storage", { fileSizeLimit: 9 });
    await send("PATCH", "/config/realtime", { private_only: true });
    await send("POST", "/secrets", [{ name: "A", value: "function-secret" }]);
    await send("DELETE", "/secrets", ["A"]);
    await send("POST", "/cli/login-role", { read_only: true });
    await send("DELETE", "/cli/login-role");
    await send("POST", "/network-bans/retrieve");
    const branch = await send("POST", "/branches", { branch_name: "b" });
    await get(`/v1/branches/${branch.id}`);
    await get(`/v1/projects/${ref}/branches/b`);
    await cloud.request({ method: "PATCH", path: `/v1/branches/${branch.id}`, body: { persistent: false } });
    await cloud.request({ method: "DELETE", path: `/v1/branches/${branch.id}` });
    await send("POST", "/pause");
    await cloud.waitFor({ ref, status: "INACTIVE" });
    await send("POST", "/restore");
    await send("DELETE", "");

    const traffic = await recorded();
    const wrong = traffic.filter(({ status }) => status < 400).flatMap((one) => description.problemsOf(one));
    expect([...new Set(wrong)].filter((problem) => !ADDED.test(problem))).toEqual([]);
    const failed = traffic
      .filter(({ status }) => status >= 400)
      .map(({ method, path, status }) => [method, path, status]);
    expect(failed).toEqual([]);
    const operations = new Set(traffic.map(({ method, path }) => `${method} ${path.replace(ref, ":ref")}`));
    expect(operations.size).toBeGreaterThan(50);
    const text = JSON.stringify(traffic);
    for (const secret of [password, "changed-password", "smtp-secret", "function-secret", key.api_key]) {
      expect(text).not.toContain(secret);
    }
  });
});
