import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes, levelEndings } from "../../commands/frame/exit-codes.ts";
import { checkCatalog } from "../../operations/doctor/catalog.ts";
import { checkBouncer, checkLogin, checkTls, checkVersions, open } from "../../operations/doctor/database.ts";
import { type Diagnosis, render, worst } from "../../operations/doctor/finding.ts";
import { checkFolders, spaceFinding } from "../../operations/doctor/folders.ts";
import { imageFaults } from "../../operations/doctor/image.ts";
import { checkInstalled, nodeFinding, packagesFinding } from "../../operations/doctor/installed.ts";
import { configuredLogin } from "../../operations/doctor/machine.ts";
import { bouncerAddress, checkHttps, checkPlatform, checkProject, imageOf } from "../../operations/doctor/platform.ts";
import { checkServer } from "../../operations/doctor/server.ts";
import type { DatabaseLogin } from "../../operations/session/login.ts";
import { PASSWORD, Trial } from "./trial.ts";

let trial: Trial;
let ref: string;
let direct: DatabaseLogin;
beforeAll(async () => {
  trial = await Trial.open();
  ref = await trial.createOutside("examined");
  const { database } = (await trial.client.getProject(ref)).data;
  // Only the local cloud names a port.
  const { host, port = 5432 } = database as { host: string; port?: number };
  direct = { host, port, user: "postgres", password: PASSWORD, database: "postgres" };
});
afterAll(() => trial.close());

const platform = (token = trial.organization(0).token) => ({ endpoint: trial.cloud.endpoint, token });
const levels = (findings: Diagnosis[]) => Object.fromEntries(findings.map(({ check, level }) => [check, level]));

test("a healthy project has nothing to do", async () => {
  expect(worst(await checkPlatform(platform()))).toBe("note");
  expect(levels(await checkProject(platform(), ref))).toEqual({ project: "ok", scopes: "ok" });
  expect(await checkHttps(platform(), ref)).toMatchObject([{ level: "ok" }]);
  expect(await checkHttps(platform(trial.organization(1).token), ref)).toMatchObject([
    { level: "note", found: expect.stringContaining("403") },
  ]);
  expect(worst(await checkLogin("direct", direct))).toBe("ok");
  expect(await checkTls("TLS direct", direct)).toMatchObject([
    { found: expect.stringMatching(/^TLSv1\.3, issued by/) },
  ]);
  const sql = open(direct);
  try {
    expect(await checkVersions(sql)).toMatchObject([{ level: "ok", found: expect.stringContaining("Postgres 1") }]);
    const image = await imageOf(platform(), ref);
    expect(image).toMatch(/^17\.\d+/);
    expect(await checkVersions(sql, image)).toMatchObject([{ check: "versions", level: "ok" }]);
    expect(await checkVersions(sql, "17.1.1.5")).toMatchObject([
      { check: "versions" },
      { level: "warning", found: expect.stringMatching(/API says 17\.1\.1\.5, the database says 17\./) },
    ]);
    expect(await checkCatalog(direct)).toMatchObject([{ level: "note" }]);
  } finally {
    await sql.end();
  }
});

test("a database that enforces TLS lets us in, and an address that it does not admit is named", async () => {
  await trial.client.updateSslEnforcementConfig(ref, { requestedConfig: { database: true } });
  expect(await checkLogin("direct", direct)).toMatchObject([{ level: "ok" }]);
  await trial.client.updateNetworkRestrictions(ref, { dbAllowedCidrs: ["192.0.2.0/24"] });
  const refused = await checkLogin("direct", direct);
  expect(refused).toMatchObject([{ level: "error", found: expect.stringContaining("28000") }]);
  await trial.client.updateNetworkRestrictions(ref, { dbAllowedCidrs: ["0.0.0.0/0"] });
});

test("a refused token, a foreign project, a wrong password and a closed port are named with what to do", async () => {
  const refused = await checkPlatform(platform("sbp_not-a-token"));
  expect(refused).toMatchObject([
    { check: "token", level: "error", next: expect.stringContaining("SUPABASE_ACCESS_TOKEN") },
  ]);
  const foreign = await checkProject(platform(trial.organization(1).token), ref);
  expect(foreign[0]).toMatchObject({ check: "project", level: "error", next: expect.stringContaining("organization") });
  const password = "Not-the-password-1";
  const wrong = await checkLogin("session pooler", { ...direct, password });
  expect(wrong).toMatchObject([{ level: "error", found: expect.stringContaining("28P01") }]);
  const closed = await checkTls("TLS direct", { ...direct, port: 1 });
  expect(closed).toMatchObject([{ level: "error", found: expect.stringContaining("ECONNREFUSED") }]);
  const all = [...refused, ...foreign, ...wrong, ...closed];
  expect(exitCodes[levelEndings[worst(all)]]).toBe(1);
  expect(render(all)).not.toContain(password);
});

test("a branch, which is no project to the API, is looked at as one", async () => {
  const made = (await trial.client.createABranch(ref, { branch_name: "examined" })).data;
  const at = made.project_ref;
  await expect
    .poll(async () => (await checkProject(platform(), at))[0], { timeout: 20_000 })
    .toEqual({ check: "project", level: "ok", found: `the branch ${at} is ACTIVE_HEALTHY` });
  const gone = await checkProject(platform(), "abcdefghijklmnopqrst");
  expect(gone[0]).toMatchObject({ level: "error", next: expect.stringContaining("deleted") });
});

test("a paused project and a token without a scope are told apart", async () => {
  const paused = await trial.createOutside("paused");
  await trial.client.pauseAProject(paused);
  await trial.waitFor(paused, "INACTIVE");
  const findings = await checkProject(platform(), paused);
  expect(findings[0]).toMatchObject({ level: "error", found: expect.stringContaining("INACTIVE") });
  expect(worst([{ check: "scopes", level: "warning", found: "403" }])).toBe("warning");
  expect(exitCodes[levelEndings.warning]).toBe(8);
});

test("a database that takes no writes, a wrong clock and tables without a word are named", async () => {
  const looked = async (clock?: () => number) => {
    const sql = open(direct);
    return checkServer(sql, clock).finally(() => sql.end());
  };
  expect(levels(await looked())).toEqual({ "write access": "ok", clock: "ok" });
  expect(await looked(() => Date.now() + 3_600_000)).toContainEqual(
    expect.objectContaining({
      check: "clock",
      level: "warning",
      found: expect.stringMatching(/^this machine is 3600\.\d s ahead/),
    }),
  );
  const platformLogin = await trial.platformLogin(ref);
  const admin = open({ ...direct, ...platformLogin });
  await admin.unsafe(`
    create table public.silent (id int); alter table public.silent enable row level security;
    grant select on public.silent to authenticated;
    create function public.rls_auto_enable() returns event_trigger language plpgsql as 'begin end';
    create event trigger ensure_rls on ddl_command_end execute function public.rls_auto_enable()`);
  expect((await looked()).at(-1)).toMatchObject({
    check: "row level security",
    level: "warning",
    found: expect.stringMatching(/select from silent and reads no row.*event trigger ensure_rls/),
  });
  await admin.unsafe("drop table public.silent; alter role postgres set default_transaction_read_only = on");
  const readOnly = await looked();
  expect(readOnly[0]).toMatchObject({ level: "error", found: expect.stringContaining("read only") });
  expect(readOnly.at(-1)).toMatchObject({ level: "note", found: expect.stringContaining("ensure_rls") });
  await admin.unsafe(`alter role postgres reset default_transaction_read_only;
    drop event trigger ensure_rls; drop function public.rls_auto_enable()`);
  await admin.end();
});

test("the project's own PgBouncer is looked at where the API names it, and its absence is no fault", async () => {
  const address = await bouncerAddress(platform(), ref);
  if (!address) throw new Error("the API names no PgBouncer");
  expect(await checkBouncer(address, direct)).toMatchObject([{ check: "PgBouncer", level: "ok" }]);
  expect(await checkBouncer({ ...address, port: 1 }, direct)).toMatchObject([
    { level: "note", found: expect.stringMatching(/ECONNREFUSED.*only paid plans/) },
  ]);
});

test("folders that cannot be written to or are nearly full, another Node and other packages are named", async () => {
  const env = { TAILFIRE_DATA_DIR: "/proc/nothing", TAILFIRE_CACHE_DIR: join(import.meta.filename, "cache") };
  expect(await checkFolders(env)).toMatchObject([
    { check: "checkout", level: "ok" },
    { check: "data folder", level: "error", next: expect.stringContaining("TAILFIRE_DATA_DIR") },
    { check: "cache folder", level: "error", found: expect.stringContaining("ENOTDIR") },
    { check: "temporary folder", level: expect.not.stringMatching("error") },
  ]);
  const space = (free: number) => spaceFinding({ check: "data folder", path: "/data", isThere: true, free }).level;
  expect([100, 1024, 4096].map((mib) => space(mib * 1024 * 1024))).toEqual(["error", "warning", "ok"]);
  expect(levels(await checkInstalled())).toEqual({ node: "ok", packages: "ok", programs: "note" });
  expect(["20.18.9", "20.19.0", "24.0.0"].map((version) => nodeFinding(version, ">=20.19").level)).toEqual([
    "error",
    "ok",
    "ok",
  ]);
  const lockfile = (version: string) => ({ packages: { "node_modules/zod": { version } } });
  expect(packagesFinding(lockfile("4.6.7"), lockfile("4.6.1"))).toMatchObject({
    level: "warning",
    found: expect.stringContaining("zod 4.6.1 (4.6.7)"),
  });
});

test("the login that up uses is the one last deployed", () => {
  const provider = (outputs: Record<string, unknown>) => ({ urn: "urn:x", type: "pulumi:providers:database", outputs });
  expect(configuredLogin([])).toEqual([]);
  expect(configuredLogin([provider({ projectRef: "ref", credentials: "login-role" })])).toMatchObject([
    { check: "login", found: expect.stringContaining("short-lived login") },
  ]);
  expect(configuredLogin([provider({ projectRef: "ref", user: "postgres" })])).toMatchObject([
    { found: "credentials: password, the stored one of postgres" },
  ]);
});

// Reports of people who ran these images: supabase/postgres issue 2112, supabase/cli issue 6094.
test.each([
  ["17.6.1.98", false],
  ["17.6.1.098", false],
  ["17.6.1.104", true],
  ["supabase-postgres-17.6.1.106", true],
  ["17.6.1.110", true],
  ["17.6.1.111", true],
  ["17.6.1.113", false],
  ["17.6.1.121", false],
  ["17.6.1.156", false],
  ["15.8.1.104", false],
  ["17.6", false],
])("image %s crashes on a refused function: %s", (image, crashes) => {
  expect(imageFaults(image).map(({ level, next }) => `${level}: ${next}`)).toEqual(
    crashes ? [expect.stringMatching(/^error: Upgrade .* 17\.6\.1\.113/)] : [],
  );
});
