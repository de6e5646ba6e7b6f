import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestCloud, type TestCloud } from "../test/support/local-cloud.ts";
import { localCloudStatus, resetLocalCloud, startLocalCloud, stopLocalCloud } from "./cloud.ts";
import { cloudLayout, projectLayout } from "./layout.ts";
import { findPostmaster } from "./postgres/cluster.ts";
import { readState } from "./state.ts";

let dataDir: string;
let opened: TestCloud[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-cloud-"));
});

afterEach(async () => {
  for (const cloud of opened) await cloud.close();
  opened = [];
  await resetLocalCloud({ dataDir });
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<TestCloud> {
  const cloud = await openTestCloud({ dataDir });
  opened.push(cloud);
  return cloud;
}

/** Every process that has the folder in its command line, by whatever it was started. */
function processesOf(folder: string): string[] {
  const list = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return list.split("\n").filter((line) => line.includes(folder) && !line.includes("ps -eo"));
}

describe("start and stop", () => {
  test("starting again, also twice at once, gives the same cloud", async () => {
    const starts = await Promise.all([1, 2].map(() => startLocalCloud({ dataDir, organizations: ["one"] })));
    const again = await startLocalCloud({ dataDir, organizations: ["one", "more"] });
    expect(starts[1]?.pid).toBe(starts[0]?.pid);
    expect(again.pid).toBe(starts[0]?.pid);
    expect(again.organizations.map(({ name }) => name)).toEqual(["one", "more"]);
    expect(again.organizations[0]).toEqual(starts[0]?.organizations[0]);
  });

  test("a stop ends every process and keeps data, password and address; a start finds them again", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "kept" });
    const sql = cloud.connect(project);
    await sql`create table kept as select 42 as answer`;
    await sql`select vault.create_secret('hidden', 'kept')`;
    await sql.end();
    expect(await stopLocalCloud({ dataDir })).toEqual({ stopped: true });
    expect(processesOf(dataDir)).toEqual([]);
    expect(await localCloudStatus({ dataDir })).toEqual({ running: false, dataDir });
    expect(await stopLocalCloud({ dataDir })).toEqual({ stopped: false });
    await startLocalCloud({ dataDir, organizations: [] });
    const after = cloud.connect(project);
    expect(await after`select answer from kept`).toEqual([{ answer: 42 }]);
    expect(await after`select decrypted_secret from vault.decrypted_secrets`).toEqual([{ decrypted_secret: "hidden" }]);
  });

  test("after SIGKILL of the daemon its clusters run on, and the next start adopts them", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "adopted" });
    const folder = projectLayout(cloudLayout(dataDir), project.ref).data;
    const before = await findPostmaster(folder);
    process.kill(cloud.cloud.pid, "SIGKILL");
    await expect.poll(() => localCloudStatus({ dataDir })).toMatchObject({ running: false });
    expect(await cloud.connect(project)`select 1 as up`).toEqual([{ up: 1 }]);
    const again = await startLocalCloud({ dataDir, organizations: [] });
    expect(again.pid).not.toBe(cloud.cloud.pid);
    expect(await findPostmaster(folder)).toEqual(before);
    expect(await localCloudStatus({ dataDir })).toMatchObject({ projects: [{ status: "ACTIVE_HEALTHY" }] });
  });

  test("after SIGKILL of the daemon a stop still ends its clusters", async () => {
    const cloud = await open();
    await cloud.project({ name: "left" });
    process.kill(cloud.cloud.pid, "SIGKILL");
    await expect.poll(() => localCloudStatus({ dataDir })).toMatchObject({ running: false });
    expect(processesOf(dataDir)).not.toEqual([]);
    await stopLocalCloud({ dataDir });
    expect(processesOf(dataDir)).toEqual([]);
  });

  test("a creation cut short by SIGKILL is finished by the next start", async () => {
    const cloud = await open();
    const name = "fault-slow-create-1s";
    const body = { name, db_pass: "pass-word", organization_slug: cloud.organization(0).slug };
    const { ref } = (await cloud.request({ method: "POST", path: "/v1/projects", body })).body;
    process.kill(cloud.cloud.pid, "SIGKILL");
    await expect.poll(() => localCloudStatus({ dataDir })).toMatchObject({ running: false });
    await startLocalCloud({ dataDir, organizations: [] });
    await cloud.waitFor({ ref, status: "ACTIVE_HEALTHY" });
    const { host, port } = (await readState(cloudLayout(dataDir).state))?.projects[0]?.address ?? { host: "", port: 0 };
    const sql = cloud.connect({ ref, host, port, password: "pass-word", milliseconds: 0 });
    expect(await sql`select 1 as up`).toEqual([{ up: 1 }]);
  });

  test("a start while another stops ends with a running cloud", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "raced" });
    const [, again] = await Promise.all([
      stopLocalCloud({ dataDir }),
      sleep(30).then(() => startLocalCloud({ dataDir, organizations: [] })),
    ]);
    expect(await localCloudStatus({ dataDir })).toMatchObject({ running: true, pid: again.pid });
    expect(await cloud.connect(project)`select 1 as up`).toEqual([{ up: 1 }]);
  });

  test("on one address only, ports tell projects apart, and the API names them", async () => {
    const [api, session, transaction] = [54_990, 54_991, 54_992].map((port) => port + (process.pid % 5) * 10);
    const pooler = { host: "127.0.0.1", sessionPort: session, transactionPort: transaction };
    const network = { mode: "ports", reason: "test", block: "127.0.0", api: { host: "127.0.0.1", port: api }, pooler };
    await mkdir(cloudLayout(dataDir).root, { recursive: true });
    await writeFile(
      cloudLayout(dataDir).state,
      JSON.stringify({ version: 1, network, organizations: [], projects: [] }),
    );
    const cloud = await open();
    const [a, b] = [await cloud.project({ name: "a" }), await cloud.project({ name: "b" })];
    expect(a.host).toBe("127.0.0.1");
    expect(new Set([a.port, b.port, 5432]).size).toBe(3);
    const entries = (await cloud.request({ path: `/v1/projects/${a.ref}/config/database/pooler` })).body;
    const modes = entries.map((entry: { pool_mode: string; db_port: number }) => [entry.pool_mode, entry.db_port]);
    expect(modes).toEqual([
      ["transaction", transaction],
      ["session", session],
    ]);
    const pooled = cloud.connect(a, { port: session, user: `postgres.${a.ref}` });
    expect(await pooled`select 1 as up`).toEqual([{ up: 1 }]);
    expect(await localCloudStatus({ dataDir })).toMatchObject({ notes: expect.arrayContaining(["test"]) });
  });

  test("a reset removes everything", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "removed" });
    await resetLocalCloud({ dataDir });
    expect(existsSync(cloudLayout(dataDir).root)).toBe(false);
    expect(processesOf(dataDir)).toEqual([]);
    await expect(cloud.connect(project)`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("two clouds", () => {
  test("run side by side and know nothing of each other", async () => {
    const [first, second] = [await openTestCloud(), await openTestCloud()];
    opened.push(first, second);
    const [a, b] = await Promise.all([first.project({ name: "a" }), second.project({ name: "b" })]);
    expect(first.cloud.endpoint).not.toBe(second.cloud.endpoint);
    expect(`${a.host}:${a.port}`).not.toBe(`${b.host}:${b.port}`);
    const foreign = await second.request({ path: "/v1/projects", token: first.organization(0).token });
    expect(foreign.status).toBe(401);
    await stopLocalCloud({ dataDir: first.dataDir });
    expect(await second.connect(b)`select 1 as up`).toEqual([{ up: 1 }]);
  });
});

describe("supervision and secrets", () => {
  test("a Postgres that is killed is started again", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "killed" });
    const folder = projectLayout(cloudLayout(dataDir), project.ref).data;
    const before = await findPostmaster(folder);
    process.kill(before?.pid ?? 0, "SIGKILL");
    while ((await findPostmaster(folder))?.pid === before?.pid) await sleep(5);
    const seen = await localCloudStatus({ dataDir });
    // Healthy is only what runs again already.
    if (seen.running && seen.projects[0]?.status === "ACTIVE_HEALTHY")
      expect(await findPostmaster(folder)).not.toBeUndefined();
    await expect.poll(() => findPostmaster(folder), { timeout: 10_000 }).not.toBeUndefined();
    await sleep(50);
    expect((await findPostmaster(folder))?.pid).not.toBe(before?.pid);
    await cloud.waitFor({ ref: project.ref, status: "ACTIVE_HEALTHY" });
  });

  test("no file holds the database password, and files with secrets are the owner's alone", async () => {
    const cloud = await open();
    const project = await cloud.project({ name: "secrets" });
    const layout = cloudLayout(dataDir);
    const files = projectLayout(layout, project.ref);
    for (const file of [layout.state, layout.daemon, layout.log, layout.caKey, files.vaultKey, files.key, files.log]) {
      expect((await stat(file)).mode & 0o077, file).toBe(0);
      expect(await readFile(file, "utf8"), file).not.toContain(project.password);
    }
    for (const file of [layout.log, files.log]) {
      expect(await readFile(file, "utf8"), file).not.toMatch(/SCRAM-SHA-256|sbp_/);
    }
    expect((await stat(layout.root)).mode & 0o077).toBe(0);
    expect(JSON.stringify(await localCloudStatus({ dataDir }))).not.toMatch(/sbp_|SCRAM|pass-/);
  });
});
