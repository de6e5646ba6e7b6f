import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-script-"));
});

afterAll(async () => {
  await run("reset", "--yes");
  await rm(dataDir, { recursive: true, force: true });
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

const run = (...args: string[]): Promise<Ended> => runFile("local", args);

function runFile(task: string, args: readonly string[], variables: Record<string, string> = {}): Promise<Ended> {
  const command = [join(import.meta.dirname, "../scripts/setup.mjs"), "--run", task, ...args];
  const env = { ...process.env, ...variables, TAILFIRE_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

test("start, status, env, stop: text, JSON and exit codes", async () => {
  expect(await run("status")).toMatchObject({ code: 5, out: expect.stringContaining("not running") });
  const started = await run("start", "--json", "--organization", "acme");
  expect(started.code, started.err).toBe(0);
  const { endpoint, organizations } = JSON.parse(started.out);
  expect(organizations).toMatchObject([{ name: "acme" }]);
  const status = await run("status");
  expect(status).toMatchObject({ code: 0, out: expect.stringContaining(endpoint) });
  expect((await run("env")).out).toMatch(
    new RegExp(`^export SUPABASE_API_ENDPOINT=${endpoint}\\nexport SUPABASE_PROFILE=.*/supabase-profile.yaml\\n$`),
  );
  const revealed = await run("env", "--reveal", "--organization", "acme");
  expect(revealed.out).toMatch(/SUPABASE_ACCESS_TOKEN=sbp_[0-9a-f]{40}\n/);
  expect(started.out + status.out).not.toContain("sbp_");
  expect(JSON.parse((await run("stop", "--json")).out)).toEqual({ stopped: true });
  expect(JSON.parse((await run("status", "--json")).out)).toMatchObject({ running: false });
});

describe("a cloud with a project", { timeout: 120_000 }, () => {
  let token: string;
  let slug: string;
  let endpoint: string;
  let address: { host: string; port: number };

  const api = (method: string, path: string, body?: object) =>
    fetch(`${endpoint}/v1/projects${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const sql = async (text: string): Promise<unknown[]> => {
    const session = postgres({ ...address, username: "postgres", password: "left-here-1", max: 1, fetch_types: false });
    return session.unsafe(text).finally(() => session.end());
  };

  beforeAll(async () => {
    await run("start", "--organization", "acme");
    const variables = JSON.parse((await run("env", "--reveal", "--json", "--organization", "acme")).out);
    ({ SUPABASE_API_ENDPOINT: endpoint, SUPABASE_ACCESS_TOKEN: token, SUPABASE_ORGANIZATION: slug } = variables);
    const made = await api("POST", "", { name: "kept", db_pass: "left-here-1", organization_slug: slug });
    const { ref } = (await made.json()) as { ref: string };
    const state = async () =>
      (await (await api("GET", `/${ref}`)).json()) as { status: string; database: typeof address };
    while ((await state()).status !== "ACTIVE_HEALTHY") await sleep(50);
    const { host, port = 5432 } = (await state()).database;
    address = { host, port };
  }, 60_000);

  test("fault: the next calls are answered as was asked for, before and after they take effect", async () => {
    const unknown = await run("fault", "POST /v1/projects/{ref}/puse");
    expect(unknown).toMatchObject({
      code: 2,
      err: expect.stringContaining('serves no "POST /v1/projects/{ref}/puse"'),
    });
    await run("fault", "GET /v1/projects", "--times", "2");
    const asked = await run("fault", "POST /v1/projects", "--status", "reset", "--after");
    expect(asked.out).toBe("GET /v1/projects: 2 calls, 503\nPOST /v1/projects: 1 call, reset after it took effect\n");
    expect([(await api("GET", "")).status, (await api("GET", "")).status]).toEqual([503, 503]);
    const body = { name: "answer lost", db_pass: "left-here-1", organization_slug: slug };
    await expect(api("POST", "", body)).rejects.toThrow();
    const names = ((await (await api("GET", "")).json()) as { name: string; ref: string }[]).map(({ name }) => name);
    expect(names.sort()).toEqual(["answer lost", "kept"]);
    expect((await run("fault", "list")).out).toBe("No faults.\n");
    await run("fault", "DELETE /v1/projects/:ref");
    expect((await run("fault", "clear")).out).toBe("Taken back:\nDELETE /v1/projects/:ref: 1 call, 503\n");
    for (const [option, value] of [
      ["--status", "200"],
      ["--times", "0"],
    ] as const)
      expect(await run("fault", "GET /v1/projects", option, value)).toMatchObject({ code: 2 });
  });

  test("save and load: databases and states come back whole, and nothing is replaced unasked", async () => {
    await sql("create table kept as select 1 as answer");
    await mkdir(join(dataDir, "pulumi"), { recursive: true });
    await writeFile(join(dataDir, "pulumi", "passphrase.dev"), "first");
    const saved = await run("save", "first");
    expect(saved, saved.err).toMatchObject({ code: 0, out: expect.stringMatching(/^Saved: first {2}.*kept/) });
    await sql("update kept set answer = 2");
    await writeFile(join(dataDir, "pulumi", "passphrase.dev"), "second");
    await mkdir(join(dataDir, "hand-off"));
    expect(await run("save", "first")).toMatchObject({ code: 3 });
    expect(await run("load", "first")).toMatchObject({ code: 3, err: expect.stringContaining("needs a yes") });
    expect(await sql("select answer from kept")).toEqual([{ answer: 2 }]);
    const loaded = await run("load", "first", "--yes");
    expect(loaded, loaded.err).toMatchObject({ code: 0 });
    expect(await sql("select answer from kept")).toEqual([{ answer: 1 }]);
    expect(await readFile(join(dataDir, "pulumi", "passphrase.dev"), "utf8")).toBe("first");
    expect((await readdir(dataDir)).sort()).toEqual(["cloud", "pulumi", "saved"]);
    expect(JSON.parse((await run("saved", "--json")).out).saved).toMatchObject([{ name: "first" }]);
    expect(await run("load", "other", "--yes")).toMatchObject({ code: 2 });
  });

  test("a cloud in which somebody works is not stopped", async () => {
    const locks = join(dataDir, "pulumi/state/.pulumi/locks/organization/tailfire/dev");
    await mkdir(locks, { recursive: true });
    await symlink("/bin/sleep", join(dataDir, "pulumi-engine"));
    const engine = spawn(join(dataDir, "pulumi-engine"), ["60"]);
    await writeFile(join(locks, "a.json"), JSON.stringify({ pid: engine.pid, hostname: hostname() }));
    expect(await run("save", "second")).toMatchObject({ code: 4, err: expect.stringContaining("works on stack dev") });
    engine.kill();
    await rm(join(dataDir, "pulumi-engine"));
    await rm(locks, { recursive: true });
  });

  test("a database command says that the cloud does not run, and how it is started", async () => {
    await run("stop");
    const url = `postgres://postgres:left-here-1@${address.host}:${address.port}/postgres`;
    for (const task of ["db-status", "db-migrate", "db-seed"]) {
      const called = await runFile(task, ["--json", "--yes"], { MIGRATE_URL: url });
      expect(called.code).toBe(1);
      const { error } = JSON.parse(called.out);
      expect(error.message).toContain(`${address.host}:${address.port}`);
      expect(error.message).toMatch(/project kept .* not running\. Start it: npm run local -- start/);
      expect(called.out + called.err).not.toContain("left-here-1");
    }
  });
});

test("wrong usage is exit code 2 and names the mistake; help is 0", async () => {
  expect(await run("strat")).toMatchObject({ code: 2, err: expect.stringContaining('"strat"') });
  expect(await run("start", "--nope")).toMatchObject({ code: 2, err: expect.stringContaining("--nope") });
  expect(await run("reset")).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect(await run("-h")).toMatchObject({ code: 0, out: expect.stringContaining("Commands") });
  expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("Commands") });
});
