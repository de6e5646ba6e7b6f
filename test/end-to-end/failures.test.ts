import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { application } from "../../db/application.ts";
import { localBackend } from "../../engine/backend.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { environmentProgram } from "../../environment/program.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { runTask } from "../support/run.ts";

const MINUTES = 60_000;
const place = makePlace("failures");
let cloud: LocalCloud;
let prod: EnvironmentStack;
let preview: EnvironmentStack;

afterAll(() => place.remove());

async function failure(work: Promise<unknown>): Promise<{ message: string; seconds: number }> {
  const started = Date.now();
  try {
    await work;
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), seconds: (Date.now() - started) / 1000 };
  }
  throw new Error("it was expected to fail");
}

async function projectsOf(stack: string): Promise<{ id: string; name: string }[]> {
  const headers = { authorization: `Bearer ${organizationOf(cloud, stack).token}` };
  const answer = await fetch(`${cloud.endpoint}/v1/projects`, { headers });
  const projects: { id: string; name: string }[] = JSON.parse(await answer.text());
  return projects;
}

function createProject(stack: string, name: string, password: string): Promise<Response> {
  const { token, slug } = organizationOf(cloud, stack);
  return fetch(`${cloud.endpoint}/v1/projects`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name, organization_slug: slug, region: "ca-central-1", db_pass: password }),
  });
}

/** Process number of the server behind a project. */
async function serverOf(stack: EnvironmentStack): Promise<number> {
  const ref = String((await stack.outputs()).ref?.value);
  const file = join(place.dataDir, "cloud/projects", ref, "data/postmaster.pid");
  return Number(readFileSync(file, "utf8").split("\n")[0]);
}

describe("before Production is there", () => {
  test("Preview says what to bring up first, and creates nothing", { timeout: 2 * MINUTES }, async () => {
    ({ stack: preview, cloud } = await place.open("preview"));
    const { message, seconds } = await failure(preview.up());
    expect(message).toMatch(/hand-off/);
    expect(message).toMatch(/bring up .*Production/i);
    expect(seconds).toBeLessThan(30);
    expect(await projectsOf("preview")).toEqual([]);
  });

  test("doctor of a stack that does not exist names what its settings lack, and leaves nothing behind", {
    timeout: 2 * MINUTES,
  }, async () => {
    const ended = await runTask("doctor", ["dev", "--json"], { dataDir: place.dataDir });
    const { findings }: { findings: { check: string; level: string; found: string }[] } = JSON.parse(ended.stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "configuration", level: "ok", found: expect.stringContaining("to create") }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ check: "project", found: "none yet" }));
    expect(existsSync(localBackend(place.dataDir, "tailfire", "dev").checkpoint)).toBe(false);
    const unready = await runTask("doctor", ["preview", "--json"], { dataDir: place.dataDir });
    expect(unready.code, unready.output).toBe(1);
    expect(unready.output).toMatch(/"check": "configuration",\s+"level": "error",\s+"found": ".*hand-off/);
  });

  test("doctor is not blind after a first up that failed", { timeout: 3 * MINUTES }, async () => {
    const migrationsFolder = join(place.dataDir, "migrations");
    mkdirSync(join(migrationsFolder, "meta"), { recursive: true });
    const entry = { idx: 0, version: "7", when: 1, tag: "0000_broken", breakpoints: true };
    writeFileSync(
      join(migrationsFolder, "meta/_journal.json"),
      JSON.stringify({ version: "7", dialect: "postgresql", entries: [entry] }),
    );
    writeFileSync(join(migrationsFolder, "0000_broken.sql"), "select 1 / 0;");
    const { stack } = await place.open("dev", () => environmentProgram({ ...application, migrationsFolder }));
    const { message } = await failure(stack.up());
    expect(message).toContain("22012");
    expect((await stack.outputs()).ref).toBeUndefined();
    const ended = await runTask("doctor", ["dev", "--json"], { dataDir: place.dataDir });
    const { findings }: { findings: { check: string; level: string; found: string }[] } = JSON.parse(ended.stdout);
    const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]));
    expect(levels, ended.output).toMatchObject({
      ...{ outputs: "warning", project: "ok", direct: "ok", "session pooler": "ok", "transaction pooler": "ok" },
      ...{ "write access": "ok", clock: "ok", PgBouncer: "ok", configuration: "ok" },
    });
    await stack.destroy();
    await stack.remove();
  });

  test("a project of that name with another password is not taken over", { timeout: 2 * MINUTES }, async () => {
    const created = await createProject("prod", "tailfire-prod", "a-password-of-another");
    expect(created.status).toBe(201);
    const { id, ref = id }: { id: string; ref?: string } = JSON.parse(await created.text());
    prod = (await place.open("prod")).stack;
    const { message } = await failure(prod.up());
    expect(message).toContain("name");
    expect(message).toContain(ref);
    expect(await projectsOf("prod")).toHaveLength(1);
    const headers = { authorization: `Bearer ${organizationOf(cloud, "prod").token}` };
    await fetch(`${cloud.endpoint}/v1/projects/${ref}`, { method: "DELETE", headers });
  });
});

describe("several at once, and killed half-way", () => {
  test("two ups at the same time make one project", { timeout: 5 * MINUTES }, async () => {
    const both = await Promise.all([1, 2].map(() => runTask("up", ["prod"], { dataDir: place.dataDir })));
    const codes = both.map(({ code }) => code);
    expect(codes, both.map(({ output }) => output).join("\n---\n")).toContain(0);
    for (const { code, output } of both.filter((finished) => finished.code !== 0)) {
      expect(code, output).toBe(4);
      expect(output).toMatch(/another|process/);
    }
    expect(await projectsOf("prod")).toHaveLength(1);
    prod = (await place.open("prod")).stack;
    await prod.up();
    expect((await prod.up({ expectNoChanges: true })).changed).toBe(false);
  });
});

describe("when the other side fails", () => {
  beforeAll(async () => {
    preview = (await place.open("preview")).stack;
    await preview.up();
  }, 3 * MINUTES);

  test("a silent Production ends in a clear error in bounded time, then up converges", {
    timeout: 6 * MINUTES,
  }, async () => {
    const server = await serverOf(prod);
    process.kill(server, "SIGSTOP");
    try {
      const { message, seconds } = await failure(preview.up());
      expect(message).toMatch(/Production|prod_catalog|foreign server/);
      expect(message).toMatch(/57014|08001|HV|time/);
      expect(seconds).toBeLessThan(120);
    } finally {
      process.kill(server, "SIGCONT");
    }
    await preview.up();
    expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
  });

  test("a reader password that Production refuses is named, and healed from there", {
    timeout: 4 * MINUTES,
  }, async () => {
    await withSql(prod, (sql) => sql.unsafe("alter role fdw_catalog_ro_a password 'not-what-previews-know'"));
    const { message } = await failure(preview.up());
    expect(message).toMatch(/refuses the reader's password/);
    expect(message).toMatch(/28P01|08001/);
    expect(message).not.toContain("not-what-previews-know");
    await prod.up();
    await preview.up();
    expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
  });

  test("a Vault secret that is gone is stored again", { timeout: 4 * MINUTES }, async () => {
    await withSql(preview, (sql) => sql`delete from vault.secrets where name = 'fdw_password'`);
    const seen = await preview.refresh({ previewOnly: true });
    expect(seen.steps.some((step) => step.type.endsWith(":VaultSecret") && step.op === "delete")).toBe(true);
    await preview.up();
    expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
  });

  test("a project deleted in the dashboard is created again, with everything in it", {
    timeout: 5 * MINUTES,
  }, async () => {
    const ref = String((await preview.outputs()).ref?.value);
    const headers = { authorization: `Bearer ${organizationOf(cloud, "preview").token}` };
    await fetch(`${cloud.endpoint}/v1/projects/${ref}`, { method: "DELETE", headers });
    const seen = await preview.refresh({ previewOnly: true });
    expect(seen.changed).toBe(true);
    await preview.up();
    const outputs = await preview.outputs();
    expect(outputs.ref?.value).not.toBe(ref);
    expect(await projectsOf("preview")).toHaveLength(1);
    const tables = await withSql(preview, (sql) => sql`select 1 from pg_class where relkind = 'f'`);
    expect(tables).toHaveLength(16);
    expect((await preview.up({ expectNoChanges: true })).changed).toBe(false);
  });
});
