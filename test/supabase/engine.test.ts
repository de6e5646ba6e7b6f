import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  getApikeysOutput,
  getBranchOutput,
  getHealthOutput,
  getOrganizations,
  getPoolerOutput,
  getProjectOutput,
  Project,
  type ProjectArgs,
} from "@pulumi/supabase";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { PASSWORD, Trial, whoAmI } from "./trial.ts";

const plugin = join(import.meta.dirname, "../../providers/supabase");
let trial: Trial;
let folder: string;

beforeAll(async () => {
  trial = await Trial.open();
  folder = await mkdtemp(join(tmpdir(), "supabase-engine-"));
  const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: supabase\n      path: ${plugin}\n`;
  await writeFile(join(folder, "Pulumi.yaml"), project);
});
afterAll(async () => {
  await trial.close();
  await rm(folder, { recursive: true, force: true });
});

const said: string[] = [];

interface Declared {
  args?: Partial<ProjectArgs>;
  opts?: pulumi.CustomResourceOptions;
  outputs?: (project: Project) => Record<string, unknown>;
}

function open(stack: string, { args = {}, opts = {}, outputs = () => ({}) }: Declared = {}) {
  const program = async () => {
    const all = { ...trial.inputs(stack), ...args };
    const project = new Project("main", all, opts);
    const { ref, databasePassword, serviceRoleKey, directConnection } = project;
    return { ref, databasePassword, serviceRoleKey, directConnection, ...outputs(project) };
  };
  const env = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: trial.cloud.endpoint };
  const onProgress = (progress: unknown) => void said.push(JSON.stringify(progress));
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env, onProgress });
}

async function refOf(stack: EnvironmentStack): Promise<string> {
  return String((await stack.outputs()).ref?.value);
}

test("a stack with a project: created, unchanged, repaired, replaced, destroyed; secrets are ciphertext", {
  timeout: 180_000,
}, async () => {
  const stack = await open("life");
  expect(await stack.up()).toMatchObject({ changes: { create: 2 } });
  const ref = await refOf(stack);
  expect(await trial.refs("life")).toEqual([ref]);
  const commands = vi.spyOn(stack.engine.command, "run");
  expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  // What holds data plainly stays: the engine is not asked for a preview of it.
  expect(commands.mock.calls.map(([[verb]]) => verb)).toEqual(["up"]);

  const outputs = await stack.outputs({ showSecrets: true });
  expect(outputs.databasePassword).toEqual({ value: PASSWORD, secret: true });
  const state = JSON.stringify(await stack.exportState());
  for (const secret of [PASSWORD, outputs.serviceRoleKey?.value, trial.organization(0).token]) {
    expect(String(secret).length).toBeGreaterThan(10);
    expect(state.includes(String(secret))).toBe(false);
    expect(said.join("\n").includes(String(secret))).toBe(false);
  }

  await trial.client.updateDatabasePassword(ref, { password: "Set-in-the-dashboard" });
  await trial.client.updateAProject(ref, { name: "life-renamed-outside" });
  const drift = await stack.preview({ refresh: true });
  expect(drift).toMatchObject({ changes: { update: 1 } });
  expect(await stack.up()).toMatchObject({ changes: { update: 1 } });
  expect(await trial.refs("life")).toEqual([ref]);
  const direct = outputs.directConnection?.value as Parameters<typeof whoAmI>[0];
  expect(await whoAmI(direct)).toBe("postgres");

  const moved = await open("life", { args: { region: "eu-west-1" } });
  await expect(moved.preview()).rejects.toThrow(
    /deletes it with all its data.*replaceProject of the resource to "life"/s,
  );
  await expect(moved.up()).rejects.toThrow(/it replaces Project main; data is lost.*--lose "Project main"/s);
  await expect(moved.up({ lose: ["Password main"] })).rejects.toThrow(/it replaces Project main; data is lost/);
  expect(await trial.refs("life")).toEqual([ref]);
  expect(await moved.up({ lose: ["Project main"] })).toMatchObject({ changes: { replace: 1 } });
  const replaced = await refOf(moved);
  expect(replaced).not.toBe(ref);
  expect(await trial.refs("life")).toEqual([replaced]);
  // One yes is enough by either way, and another project's name is none.
  const back = (replaceProject: string) => open("life", { args: { replaceProject } });
  await expect((await back("Life")).up()).rejects.toThrow(/it replaces Project main; data is lost/);
  const allowed = await back("life");
  expect(await allowed.up()).toMatchObject({ changes: { replace: 1 } });
  expect(await trial.refs("life")).not.toContain(replaced);

  await trial.client.deleteAProject(await refOf(allowed));
  expect(await allowed.up()).toMatchObject({ changed: true });
  expect(await trial.refs("life")).toEqual([await refOf(allowed)]);
  await allowed.destroy();
  expect(await trial.refs("life")).toEqual([]);
});

test("a time-out keeps the ref; the next up goes on and there is one project", async () => {
  const name = "late fault-slow-create-4s";
  const late = await open("late", { args: { name }, opts: { customTimeouts: { create: "1s" } } });
  await expect(late.up()).rejects.toThrow(/not ready within 1 s/);
  const [ref] = await trial.refs(name);
  expect((await late.resources()).some((resource) => resource.id === ref)).toBe(true);
  expect(JSON.stringify(await late.exportState())).not.toContain(PASSWORD);
  await late.up();
  expect(await refOf(late)).toBe(ref);
  expect(await trial.refs(name)).toEqual([ref]);
  expect(await late.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  await late.destroy();
});

test("a project that could not be set up is replaced by the next up", async () => {
  const broken = await open("broken", { args: { name: "broken fault-init-failed" } });
  await expect(broken.up()).rejects.toThrow(/is INIT_FAILED/);
  const repaired = await open("broken", { args: { name: "broken no more" } });
  expect(await repaired.up()).toMatchObject({ changes: { replace: 1 } });
  expect(await trial.refs("broken fault-init-failed")).toEqual([]);
  expect(await trial.refs("broken no more")).toEqual([await refOf(repaired)]);
  await repaired.destroy();
});

test("getPooler and getApikeys answer for a project that is made in the same up; keys stay secret", async () => {
  const stack = await open("functions", {
    outputs: ({ ref }) => ({
      url: getPoolerOutput({ projectRef: ref }).url,
      keys: getApikeysOutput({ projectRef: ref }),
    }),
  });
  await stack.up();
  const outputs = await stack.outputs();
  const ref = String(outputs.ref?.value);
  const [pooler] = (await trial.client.getPoolerConfig(ref)).data;
  expect(outputs.url?.value).toMatchObject({ transaction: pooler?.connection_string });
  expect(outputs.keys?.secret).toBe(true);
  const keys = (await trial.client.getProjectApiKeys(ref, { reveal: true })).data;
  const shown = (await stack.outputs({ showSecrets: true })).keys?.value as { secretKeys: object[]; anonKey: string };
  expect(shown.anonKey).toBe(keys[0]?.api_key);
  expect(shown.secretKeys).toEqual([{ name: "default", apiKey: keys[3]?.api_key }]);
  await stack.destroy();
});

test("every other function answers through the engine what another client sees", async () => {
  const outputs = ({ ref }: Project) => ({
    project: getProjectOutput({ projectRef: ref }),
    organizations: pulumi.output(getOrganizations()),
    branches: getBranchOutput({ parentProjectRef: ref }),
    health: getHealthOutput({ projectRef: ref }),
  });
  const stack = await open("asked", { outputs });
  await stack.up();
  const ref = await refOf(stack);
  const before = await stack.outputs({ showSecrets: true });
  expect(before.branches?.value).toMatchObject({ parentProjectRef: ref, branches: [] });
  await trial.client.createABranch(ref, { branch_name: "asked-for" });
  const branch = async () => (await trial.client.getABranch(ref, "asked-for")).data;
  await expect.poll(async () => (await branch()).status, { timeout: 30_000 }).toBe("MIGRATIONS_PASSED");
  await stack.up();

  const after = await stack.outputs({ showSecrets: true });
  const { name, region, status, organization_slug } = (await trial.client.getProject(ref)).data;
  expect(after.project?.value).toMatchObject({
    projectRef: ref,
    name,
    region,
    status,
    organizationId: organization_slug,
  });
  const organizations = (await trial.client.listAllOrganizations()).data.map(({ id, slug }) => ({ id, slug }));
  expect(after.organizations?.value).toMatchObject({ organizations });
  const { id, project_ref } = await branch();
  const { db_host, db_pass } = (await trial.client.getABranchConfig(id)).data;
  expect(after.branches).toMatchObject({
    secret: true,
    value: {
      branches: [{ id, name: "asked-for", projectRef: project_ref, database: { host: db_host, password: db_pass } }],
    },
  });
  const services = (await trial.client.getServicesHealth(ref, { services: ["db", "pooler"] })).data;
  expect(after.health?.value).toMatchObject({ healthy: services.every(({ healthy }) => healthy) });
  await stack.destroy();
});

test("import by ref with the password adopts the project as it is", async () => {
  const ref = await trial.createOutside("imported");
  const adopted = await open("imported", { opts: { import: ref } });
  await adopted.up();
  expect(await refOf(adopted)).toBe(ref);
  const plain = await open("imported");
  expect(await plain.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  expect((await plain.outputs({ showSecrets: true })).databasePassword).toEqual({ value: PASSWORD, secret: true });
  const renewed = await open("imported", { args: { databasePassword: "Another-password-2" } });
  expect(await renewed.up()).toMatchObject({ changes: { update: 1 } });
  const direct = (await renewed.outputs()).directConnection?.value as Parameters<typeof whoAmI>[0];
  expect(await whoAmI(direct, "Another-password-2")).toBe("postgres");
  await renewed.destroy();
});
