import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NO_SITE, writeAuthProgram } from "../../test/support/auth-program.ts";
import { openTestCloud, type TestCloud, type TestProject } from "../../test/support/local-cloud.ts";
import { localCloudStatus, startLocalCloud, stopLocalCloud } from "../cloud.ts";
import { cloudLayout, projectLayout } from "../layout.ts";

let cloud: TestCloud;
let project: TestProject;
let program: string;
let api: string;
const keys: Record<string, string> = {};

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "auth" });
  program = await writeAuthProgram(cloud.dataDir, "one");
  for (const { name, type, api_key } of (await at("GET", "/api-keys?reveal=true")).body) {
    keys[type === "legacy" ? name : type] = api_key;
  }
  const { database } = (await at("GET", "")).body;
  api = `http://${database.host}:${database.api_port}/auth/v1`;
});
afterAll(() => cloud?.close());

const at = (method: string, path: string, body?: object) =>
  cloud.request({ method, path: `/v1/projects/${project.ref}${path}`, body });
const health = async () => (await at("GET", "/health?services=auth")).body[0];
const use = (auth: string) => startLocalCloud({ dataDir: cloud.dataDir, organizations: [], auth });
const set = (settings: object) => at("PATCH", "/config/auth", settings);
const status = async () => {
  const report = await localCloudStatus(cloud);
  if (!report.running) throw new Error("the cloud does not run");
  return { ...report, project: report.projects.find(({ ref }) => ref === project.ref) };
};
const ask = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
  const answer = await fetch(`${api}${path}`, { method, headers });
  return { status: answer.status, body: JSON.parse((await answer.text()) || "null") };
};
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
const seen = async (name: string) => (await ask("/echo", { apikey: keys.anon ?? "" })).body.environment[name];
const processes = () =>
  execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(cloud.dataDir) && line.includes("auth-"));
const pid = () => Number.parseInt(processes()[0] ?? "", 10);

test("without a program, health and status say what is missing; one that is none is refused", async () => {
  const missing = "npm run local -- start --auth FILE";
  expect(await health()).toMatchObject({ healthy: false, error: expect.stringContaining(missing) });
  expect(await status()).toMatchObject({
    auth: expect.stringContaining(missing),
    project: { auth: "none", problem: "" },
  });
  for (const file of ["/bin/true", process.execPath, "/etc/passwd", join(cloud.dataDir, "absent")]) {
    await expect(use(file), file).rejects.toThrow(file);
  }
  expect((await status()).project?.auth).toBe("none");
  await expect(fetch(api)).rejects.toThrow();
});

test("every project gets it, at its address, and nothing is let through without a key", async () => {
  await use(program);
  expect(await health()).toMatchObject({
    healthy: true,
    status: "ACTIVE_HEALTHY",
    info: { name: "GoTrue", version: "one" },
  });
  expect(await status()).toMatchObject({ auth: `one, ${program}`, project: { auth: api } });
  expect(await ask("/user")).toMatchObject({ status: 401, body: { message: expect.stringContaining("apikey") } });
  expect(await ask("/user", { apikey: "wrong" })).toMatchObject({ status: 401 });
  expect(await ask("/../rest/v1/trips", { apikey: keys.anon ?? "" })).toMatchObject({ status: 404 });
  for (const [key, role] of [
    ["anon", "anon"],
    ["publishable", "anon"],
    ["service_role", "service_role"],
    ["secret", "service_role"],
  ]) {
    const apikey = keys[key ?? ""] ?? "";
    const { body } = await ask("/token?grant_type=password", { apikey, authorization: `Bearer ${apikey}` }, "POST");
    expect(body).toMatchObject({ method: "POST", url: "/token?grant_type=password" });
    expect(claimsOf(body.headers.authorization), key).toMatchObject({ role });
    expect(body.headers).not.toHaveProperty("apikey");
  }
  const own = await ask("/user", { apikey: keys.publishable ?? "", authorization: "Bearer of.a.user" });
  expect(own.body.headers.authorization).toBe("Bearer of.a.user");
  expect((await ask("/verify?token=x&apikey=wrong")).body.url).toBe("/verify?token=x");
  expect((await ask("/token", {}, "OPTIONS")).status).toBe(200);
});

test("it is told the project's settings, starts again when they change, and logs in as supabase_auth_admin", async () => {
  expect(await seen("GOTRUE_MAILER_AUTOCONFIRM")).toBe("false");
  const former = pid();
  const uri = "pg-functions://postgres/public/hook";
  const settings = {
    hook_custom_access_token_enabled: true,
    hook_custom_access_token_uri: uri,
    mailer_autoconfirm: true,
  };
  const others = { external_google_enabled: true, sessions_timebox: 24, site_url: "http://localhost:4000" };
  expect((await set({ ...settings, ...others })).status).toBe(200);
  expect(pid()).not.toBe(former);
  const { environment, folder } = (await ask("/echo", { apikey: keys.anon ?? "" })).body;
  expect(environment).toMatchObject({
    GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_ENABLED: "true",
    GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI: uri,
    GOTRUE_MAILER_AUTOCONFIRM: "true",
    GOTRUE_SESSIONS_TIMEBOX: "86400s",
    GOTRUE_SITE_URL: "http://localhost:4000",
    GOTRUE_API_HOST: project.host,
    API_EXTERNAL_URL: api,
  });
  expect(environment).not.toHaveProperty("PATH");
  expect(folder).toBe(projectLayout(cloudLayout(cloud.dataDir), project.ref).auth);
  expect((await status()).notes).toEqual([`${project.ref}: Auth does not follow here: external_google_enabled`]);
  const sql = postgres(environment.DATABASE_URL, { max: 1 });
  expect(await sql`select current_user as who, current_setting('search_path') as path`).toMatchObject([
    { who: "supabase_auth_admin", path: "auth" },
  ]);
  await sql.end();
  const lines = processes().join() + (await readFile(cloudLayout(cloud.dataDir).log, "utf8"));
  for (const secret of [environment.GOTRUE_JWT_SECRET, new URL(environment.DATABASE_URL).password]) {
    expect(lines).not.toContain(secret);
  }
});

test("one that cannot run, and one that was killed, are said and started again", async () => {
  expect((await set({ site_url: NO_SITE })).status).toBe(200);
  const said = expect.stringMatching(/Auth server ended \(exit code 1\): unable to load config/);
  await expect.poll(health).toMatchObject({ healthy: false, status: "UNHEALTHY", error: said });
  expect((await status()).project).toMatchObject({ status: "ACTIVE_HEALTHY", auth: "down", problem: said });
  expect(await ask("/user", { apikey: keys.anon ?? "" })).toMatchObject({ status: 503, body: { message: said } });
  await set({ site_url: "http://localhost:4000" });
  expect(await health()).toMatchObject({ healthy: true });
  const former = pid();
  process.kill(former, "SIGKILL");
  await expect.poll(pid, { timeout: 30_000 }).not.toBe(former);
  await expect.poll(async () => (await health()).healthy, { timeout: 20_000 }).toBe(true);
});

test("it goes and comes with its project and the cloud, also one of a daemon that was killed", async () => {
  await at("POST", "/pause");
  await cloud.waitFor({ ref: project.ref, status: "INACTIVE" });
  expect(processes()).toEqual([]);
  await at("POST", "/restore");
  await cloud.waitFor({ ref: project.ref, status: "ACTIVE_HEALTHY" });
  expect(await health()).toMatchObject({ healthy: true });
  process.kill((await status()).pid, "SIGKILL");
  await startLocalCloud({ dataDir: cloud.dataDir, organizations: [] });
  expect(processes()).toHaveLength(1);
  expect(await health()).toMatchObject({ healthy: true });
  await use(await writeAuthProgram(cloud.dataDir, "two"));
  expect((await health()).info.version).toBe("two");
  process.kill((await status()).pid, "SIGKILL");
  await stopLocalCloud(cloud);
  expect(processes()).toEqual([]);
  await startLocalCloud({ dataDir: cloud.dataDir, organizations: [] });
  expect((await health()).info.version).toBe("two");
  await use("none");
  expect(processes()).toEqual([]);
  expect(await status()).toMatchObject({ project: { auth: "none" } });
});
