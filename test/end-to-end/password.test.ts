import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDbClient } from "../../db/client.ts";
import { listStacks } from "../../engine/list.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { examineStack } from "../../operations/doctor/stack.ts";
import { checkStack } from "../../operations/drift/core/check.ts";
import { readOnly, readOnlyPool } from "../../operations/drift/core/target.ts";
import { repairStack } from "../../operations/drift/repair.ts";
import { openSubject } from "../../operations/drift/subject.ts";
import type { PrContext } from "../../operations/previews/context.ts";
import { findShared, withShared } from "../../operations/previews/database/shared.ts";
import { ensureTemplate } from "../../operations/previews/database/template.ts";
import { planRelease } from "../../operations/release/plan.ts";

import { reportEnvironment, withDatabase } from "../../operations/session/environment-report.ts";
import { connectionString, loginOf, type Route } from "../../operations/session/login.ts";
import { openSession, type StackSession } from "../../operations/session/session.ts";
import { changeStackSettings } from "../../operations/session/stack-settings.ts";
import { makePlace, type Place } from "../support/environment.ts";
import { runTask } from "../support/run.ts";

const PASSWORD = "a/b#c?d%e@f:g h%20\"i\\j'k&l=m+n";
const MINUTE = 60_000;
const ROUTES: readonly Route[] = ["direct", "sessionPooler", "transactionPooler"];
const STACK = "preview";

let place: Place;
let session: StackSession;
let stack: EnvironmentStack;
let outputs: StackOutputs;
beforeAll(async () => {
  place = makePlace("password");
  process.env.TAILFIRE_DATA_DIR = place.dataDir;
  // No Production is needed: this preview has a catalog of its own.
  const settings = { catalog: "standalone" };
  await changeStackSettings({ dataDir: place.dataDir, stack: STACK }, settings);
  session = await openSession({ stack: STACK });
  stack = session.stack;
  // In the settings of a stack a password is a secret, or refused.
  await stack.command(["config", "set", `${stack.project}:databasePassword`, "--secret"], { input: PASSWORD });
  await stack.up();
  outputs = await stack.outputs({ showSecrets: true });
}, 4 * MINUTE);
afterAll(async () => {
  await place?.remove();
  delete process.env.TAILFIRE_DATA_DIR;
});

test("the stack has that password, and another one is refused", async () => {
  expect(loginOf(outputs).password).toBe(PASSWORD);
  const wrong = { ...outputs, databasePassword: { value: decodeURIComponent("a%20b"), secret: true } };
  await expect(withDatabase(wrong, ({ $client }) => $client`select 1`)).rejects.toMatchObject({ code: "28P01" });
});

test.each(ROUTES)("an application logs in by %s, with the object and with the text for people", async (route) => {
  const login = loginOf(outputs, route);
  const { $client } = createDbClient(login, { max: 1 });
  const who = await $client`select current_user as name`.finally(() => $client.end());
  expect(who).toMatchObject([{ name: "postgres" }]);
  const url = connectionString(login, { query: "sslmode=require" });
  // Two that we did not make read it: libpq and postgres.js.
  const { stdout } = await promisify(execFile)("psql", ["-XAtc", "select current_user", url]);
  expect(stdout).toBe("postgres\n");
  const sql = postgres(url, { max: 1, fetch_types: false, prepare: false });
  expect(await sql`select 1 as one`.finally(() => sql.end())).toMatchObject([{ one: 1 }]);
});

test("the report, a release plan and doctor log in", { timeout: 2 * MINUTE }, async () => {
  const report = await reportEnvironment({ stack: STACK, outputs });
  expect(report.connection).toMatch(/^postgresql:\/\/postgres:\*\*\*@127\.\S+:\d+\/postgres\?sslmode=require$/);
  expect(await planRelease(stack)).toMatchObject({ pending: [], destructive: [] });
  const findings = await examineStack(stack, session.platform);
  expect(findings.filter(({ level }) => level === "error" || level === "warning")).toEqual([]);
  const checks = findings.map(({ check, level }) => `${check}: ${level}`);
  expect(checks).toEqual(expect.arrayContaining(["direct: ok", "session pooler: ok", "versions: ok"]));
});

test("drift looks and repairs", { timeout: 4 * MINUTE }, async () => {
  const login = loginOf(outputs);
  expect(await readOnly(login, async (sql) => [...(await sql`select 1 as one`)])).toEqual([{ one: 1 }]);
  expect((await readOnlyPool(login, (pool) => pool.query("select 1 as one"))).rows).toEqual([{ one: 1 }]);
  await withDatabase(outputs, ({ $client }) => $client`drop index public.trips_newest_idx`);
  const check = async () => {
    const { dataDir } = place;
    const all = await listStacks({ cloud: "local", dataDir, settingsDir: join(dataDir, "x") });
    const found = all.find(({ name }) => name === STACK);
    const subject = await openSubject({ stack: STACK, found, project: stack.project, cloud: "local" });
    return checkStack(subject, { layers: ["schema", "catalog"], failOn: "low" });
  };
  const found = await check();
  expect(found.findings.map(({ object }) => object)).toEqual(["index public.trips_newest_idx"]);
  const options = {
    cloud: "local",
    dataDir: place.dataDir,
    yes: true,
    protectedStack: STACK,
    say: () => {},
    confirm: async () => {},
  } as const;
  await repairStack(found, options);
  expect(await check()).toMatchObject({ status: "clean" });
});

test.each(["direct", "session"])(
  "previews reach the shared project: %s",
  { timeout: 2 * MINUTE },
  async (connection) => {
    const { dataDir } = place;
    const config = { [`${stack.project}:connection`]: connection };
    const context = {
      cloud: "local",
      dataDir,
      project: stack.project,
      config,
      onProgress: () => {},
    } as unknown as PrContext;
    const shared = await findShared(context);
    if (!shared) throw new Error("the shared project is there");
    expect(shared).toMatchObject({ password: PASSWORD, database: "postgres", ref: outputs.ref?.value });
    const wanted = { login: shared, folder: migrationsFolder, mark: "00000000" };
    const template = await withShared(shared, (sql) => ensureTemplate(sql, wanted));
    const found = await withShared(shared, (sql) => sql`select from pg_database where datname = ${template}`);
    expect(found).toHaveLength(1);
  },
);

test("npm run env writes addresses that psql takes", { timeout: MINUTE }, async () => {
  const file = join(place.dataDir, ".env");
  const { code, output } = await runTask("env", [STACK, "-o", file], { dataDir: place.dataDir });
  expect(code, output).toBe(0);
  const variables = parseEnv(await readFile(file, "utf8"));
  for (const name of ["DATABASE_URL", "DIRECT_URL", "SESSION_URL"]) {
    const { stdout } = await promisify(execFile)("psql", ["-XAtc", "select current_user", String(variables[name])]);
    expect(stdout, name).toBe("postgres\n");
  }
});

test("a release that replaces the project does so once its loss is named, and what it held is gone", {
  timeout: 5 * MINUTE,
}, async () => {
  const { dataDir } = place;
  await withDatabase(outputs, ({ $client }) => $client`create table public.only_before (id int)`);
  await changeStackSettings({ dataDir, stack: STACK }, { catalog: "standalone", region: "eu-west-1" });
  const opened = await openSession({ stack: STACK });
  const { digest, losses } = await planRelease(opened.stack);
  expect(losses).toMatchObject([{ how: "replaces" }]);
  const apply = ["apply", "--approved", digest, "--lose", "Project main", "--stack", STACK];
  const { code, output } = await runTask("release", apply, { dataDir });
  expect(code, output).toBe(0);
  expect(output).toContain("Way back: ");
  const after = await opened.stack.outputs({ showSecrets: true });
  const found = await withDatabase(
    after,
    ({ $client }) => $client`
      select to_regclass('public.only_before') as lost, to_regclass('public.trips')::text as made`,
  );
  expect([...found]).toEqual([{ lost: null, made: "trips" }]);
  const { endpoint = "", token = "" } = opened.platform ?? {};
  const answer = await fetch(`${endpoint}/v1/projects`, { headers: { authorization: `Bearer ${token}` } });
  const projects = (await answer.json()) as { id: string; region: string }[];
  expect(projects).toMatchObject([{ id: after.ref?.value, region: "eu-west-1" }]);
  expect(after.ref?.value).not.toBe(outputs.ref?.value);
});
