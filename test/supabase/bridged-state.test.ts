import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { Apikey, Branch, EdgeFunctionSecrets, Project, Settings } from "@pulumi/supabase";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "../../engine/stack.ts";
import { BRANCH_DATABASE, bridgedState, namesOfBridged } from "./bridged-state.ts";
import { PASSWORD, Trial } from "./trial.ts";

const plugin = join(import.meta.dirname, "../../providers/supabase");
let trial: Trial;
let folder: string;

beforeAll(async () => {
  trial = await Trial.open();
  folder = await mkdtemp(join(tmpdir(), "supabase-bridged-"));
  const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: supabase\n      path: ${plugin}\n`;
  await writeFile(join(folder, "Pulumi.yaml"), project);
});
afterAll(async () => {
  await trial.close();
  await rm(folder, { recursive: true, force: true });
});

const auth = { site_url: "https://one.example.com", smtp_pass: "hush-1" };
const inputs = () => ({ ...trial.inputs("bridged"), timeouts: { create: "20m" } });

async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
  const { ref } = new Project("main", inputs());
  new Settings("main", { projectRef: ref, auth: JSON.stringify(auth), api: JSON.stringify({ max_rows: 77 }) });
  const feature = new Branch("feature", { parentProjectRef: ref, gitBranch: "feature" });
  new Apikey("worker", { projectRef: ref, name: "worker", description: "for jobs" });
  new EdgeFunctionSecrets("main", { projectRef: ref, secrets: [{ name: "ONE", value: "1" }] });
  return { ref, database: feature.database };
}

function open(stack: string) {
  const env = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: trial.cloud.endpoint };
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env });
}

test("state of the bridged provider imports, previews without a replacement, and keeps the properties it needs", async () => {
  const ref = await trial.createOutside("bridged", PASSWORD);
  await trial.client.updateAuthServiceConfig(ref, auth);
  await trial.client.updatePostgrestServiceConfig(ref, { max_rows: 77 });
  await trial.client.bulkCreateSecrets(ref, [{ name: "ONE", value: "1" }]);
  const created = await trial.client.createProjectApiKey(
    ref,
    { name: "worker", type: "secret", description: "for jobs" },
    { reveal: true },
  );
  const feature = (await trial.client.createABranch(ref, { branch_name: "feature", git_branch: "feature" })).data;
  const status = async () => (await trial.client.getABranch(ref, "feature")).data.status;
  await expect.poll(status, { timeout: 30_000 }).toBe("MIGRATIONS_PASSED");
  const found = (await trial.client.getABranchConfig(feature.id)).data;
  const database = {
    host: found.db_host,
    id: found.ref,
    jwtSecret: found.jwt_secret,
    password: found.db_pass,
    port: found.db_port,
    status: found.status,
    user: found.db_user,
    version: found.postgres_version,
  };
  const branch = { id: feature.id, gitBranch: "feature", database };
  const stack = await open("bridged");
  const key = { id: String(created.data.id), apiKey: String(created.data.api_key) };
  const before = bridgedState({ stack: "bridged", ref, inputs: inputs(), auth, key, branch });
  const empty = await stack.exportState();
  const { secrets_providers } = empty.deployment;
  const deployment = { ...empty.deployment, ...before, ...(secrets_providers ? { secrets_providers } : {}) };
  await stack.importState({ ...empty, deployment });

  const preview = await stack.preview({ refresh: true });
  // The entry of the provider itself carries the bridged one's version in its name.
  const resources = preview.steps.filter(({ type }) => !type.startsWith("pulumi:providers:"));
  const made = resources.filter(({ op }) => /replace|delete|create/.test(op));
  expect(made.map(({ name, op }) => `${op} ${name}`)).toEqual([]);
  await stack.up();
  expect(await trial.refs("bridged")).toEqual([ref]);
  expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });

  // As the bridged provider has it: these attributes and no others, of these types, and the very same values.
  const held = (await stack.outputs({ showSecrets: true })).database;
  expect(held).toEqual({ value: database, secret: true });
  const types = Object.entries(held?.value as object).map(([name, value]) => [name, typeof value]);
  expect(Object.fromEntries(types)).toEqual(BRANCH_DATABASE);
  const after = (await stack.exportState()).deployment.resources ?? [];
  for (const { type, names } of namesOfBridged()) {
    const found = after.find((resource) => resource.type === type);
    // Every property the bridged provider requires is there, under its own name.
    expect(
      names.filter((name) => !(name in (found?.outputs ?? {}))),
      type,
    ).toEqual([]);
  }
  await stack.destroy();
});
