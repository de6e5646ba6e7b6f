import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { Project, type ProjectArgs } from "@pulumi/supabase";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { engineEnvironment, localVariables } from "../../engine/variables.ts";
import { openFlakyFront } from "../supabase/flaky-front.ts";
import { Trial, whoAmI } from "../supabase/trial.ts";

const plugin = join(import.meta.dirname, "../../providers/supabase");
const said: string[] = [];
let trial: Trial;
let folder: string;
let endpoint: string;

beforeAll(async () => {
  trial = await Trial.open();
  endpoint = trial.cloud.endpoint;
  folder = await mkdtemp(join(tmpdir(), "safety-"));
  const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: supabase\n      path: ${plugin}\n`;
  await writeFile(join(folder, "Pulumi.yaml"), project);
});
afterAll(async () => {
  await trial.close();
  await rm(folder, { recursive: true, force: true });
});

function open(
  stack: string,
  args: Partial<ProjectArgs> = {},
  opts: pulumi.CustomResourceOptions = {},
  more: Record<string, string> = {},
) {
  const program = async () => {
    const { ref, directConnection } = new Project("main", { ...trial.inputs(stack), ...args }, opts);
    return { ref, directConnection };
  };
  const env = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: endpoint, ...more };
  const onProgress = (progress: unknown) => void said.push(JSON.stringify(progress));
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env, onProgress });
}

/** Replaces by force without the look ahead of our own `up`: the provider is all that stands in the way. */
async function upAsPlainPulumi(stack: EnvironmentStack, args: Partial<ProjectArgs>, urn: string): Promise<unknown> {
  const program = async () => void new Project("main", { ...trial.inputs(stack.name), ...args });
  const backend = localVariables(localBackend(folder, stack.project, stack.name));
  const token = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: endpoint };
  const workspace = await LocalWorkspace.create({
    workDir: stack.workDir,
    program,
    envVars: { ...engineEnvironment("local"), ...backend, ...token },
    pulumiCommand: stack.engine.command as unknown as PulumiCommand,
  });
  return (await Stack.select(stack.name, workspace)).up({ replace: [urn], refresh: true });
}

async function addressOf(ref: string) {
  const { database } = (await trial.client.getProject(ref)).data;
  const { host, port = 5432 } = database as { host: string; port?: number };
  return { host, port, user: "postgres", database: "postgres" };
}

async function refOf(stack: EnvironmentStack): Promise<string> {
  return String((await stack.outputs()).ref?.value);
}

async function ask(method: string, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${trial.organization(0).token}` };
  const response = await fetch(`${trial.cloud.endpoint}${path}`, { method, headers });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
}

test("a provider that was started by hand is attached to, and its messages arrive", async () => {
  const env = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: endpoint };
  const provider = spawn(process.execPath, [join(plugin, "dist/provider.cjs")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  try {
    const [port] = (await once(provider.stdout, "data")) as [Buffer];
    const ref = await trial.createOutside("attached");
    const stack = await open("attached", {}, {}, { PULUMI_DEBUG_PROVIDERS: `supabase:${String(port).trim()}` });
    await stack.up();
    expect(said.join("\n")).toContain(`existed as ${ref}, with this password: it was adopted`);
    expect(await refOf(stack)).toBe(ref);
    // The process outlives the operation: what the program declared then says nothing about a destroy.
    await stack.destroy();
    expect(await trial.refs("attached")).toEqual([]);
  } finally {
    provider.kill();
  }
});

test("an import with a wrong password is refused, and changes neither password nor name", async () => {
  const ref = await trial.createOutside("theirs");
  const typo = await open("import", { databasePassword: "mistyped-password", name: "ours" }, { import: ref });
  await expect(typo.up()).rejects.toThrow(/refuses this databasePassword.*is not overwritten/s);
  await expect(typo.up()).rejects.toThrow(/refuses this databasePassword/);
  expect(await whoAmI(await addressOf(ref))).toBe("postgres");
  expect(await trial.refs("theirs")).toEqual([ref]);

  const right = await open("import", { name: "ours" }, { import: ref, ignoreChanges: ["name"] });
  await right.up();
  expect(await right.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  expect(await trial.refs("theirs")).toEqual([ref]);
  const asked = await open("import", { name: "ours" }, { import: ref });
  await asked.up();
  expect(await trial.refs("ours")).toEqual([ref]);
  await asked.destroy();
});

test("a forced replacement that would put an empty project in its place is refused", {
  timeout: 120_000,
}, async () => {
  const stack = await open("forced");
  await stack.up();
  const ref = await refOf(stack);
  const urn = String((await stack.resources()).find(({ type }) => type.endsWith(":Project"))?.urn);
  const named = { name: "forced, and named otherwise" };
  const other = await open("forced", named);
  await expect(other.up({ replace: [urn] })).rejects.toThrow(/it replaces Project main; data is lost/);
  const failure = await upAsPlainPulumi(stack, named, urn).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(JSON.stringify(failure)).toMatch(/Nothing was created or deleted.*name .{0,4}forced/s);
  expect(await trial.refs("forced")).toEqual([ref]);
  expect(await trial.refs("forced, and named otherwise")).toEqual([]);
  await (await open("forced")).up({ expectNoChanges: true });
  // A password that is replaced in the same run is a new one; the recorded one tells whose project it is.
  const rotated = { databasePassword: "another-password" };
  await upAsPlainPulumi(stack, rotated, urn);
  expect(await trial.refs("forced")).toEqual([ref]);
  expect(await whoAmI(await addressOf(ref), "another-password")).toBe("postgres");
  await (await open("forced", rotated)).up({ expectNoChanges: true });
  await stack.destroy();
});

test("a password that others rotated stays theirs with ignoreChanges, through an update too", async () => {
  const options = { ignoreChanges: ["databasePassword"] };
  const stack = await open("rotated", {}, options);
  await stack.up();
  const ref = await refOf(stack);
  await trial.client.updateDatabasePassword(ref, { password: "rotated-by-others" });
  await stack.refresh();
  expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  const renamed = await open("rotated", { name: "rotated and renamed" }, options);
  expect(await renamed.up()).toMatchObject({ changes: { update: 1 } });
  expect(await whoAmI(await addressOf(ref), "rotated-by-others")).toBe("postgres");
  await renamed.destroy();
});

test("a project that was transferred is reported with what to do, and is neither deleted nor made again", async () => {
  const stack = await open("moved");
  await stack.up();
  const ref = await refOf(stack);
  // The local cloud has no transfer, and a token there sees one organization: a front puts the other one in the answers.
  const [{ slug: from }, { slug }] = [trial.organization(0), trial.organization(1)];
  const rewrite = (text: string) => text.replaceAll(from, slug);
  const front = await openFlakyFront({ behind: endpoint, fate: () => "pass", rewrite });
  endpoint = front.endpoint;
  said.length = 0;
  const transferred = await open("moved");
  const preview = await transferred.preview({ refresh: true });
  expect(preview.changes).toMatchObject({ update: 1 });
  expect(said.join("\n")).toMatch(/This changed outside, and nothing is deleted or made again/);
  await expect(transferred.up()).rejects.toThrow(new RegExp(`organizationId is ${slug} now`));
  expect(await trial.refs("moved")).toEqual([ref]);
  const followed = await open("moved", { organizationId: slug });
  await followed.up();
  expect(await refOf(followed)).toBe(ref);
  await followed.destroy();
  endpoint = trial.cloud.endpoint;
  await front.close();
});

test("a project that could not be set up, protected: the way out that is told leads out", async () => {
  const name = "broken fault-init-failed-1x";
  const stack = await open("broken", { name, protected: true }, { protect: true });
  await expect(stack.up()).rejects.toThrow(/INIT_FAILED/);
  said.length = 0;
  await expect(stack.up()).rejects.toThrow(/protect/);
  expect(said.join("\n")).toMatch(/delete it in the dashboard, run refresh, then up/);
  const [ref = ""] = await trial.refs(name);
  await trial.client.deleteAProject(ref);
  await trial.gone(ref);
  await stack.refresh();
  await stack.up();
  expect(await trial.refs(name)).toHaveLength(1);
  await stack.destroy({ unprotect: true });
});

test("a paused project is shown as paused, and a changed protect as a change; both without a deletion", async () => {
  const stack = await open("paused", { protected: true }, { protect: true });
  await stack.up();
  const ref = await refOf(stack);
  await ask("POST", `/v1/projects/${ref}/pause`);
  await trial.waitFor(ref, "INACTIVE");
  for (const seen of [await stack.preview({ refresh: true }), await stack.refresh({ previewOnly: true })]) {
    expect(seen.changes).toMatchObject({ update: 1 });
    expect(Object.keys(seen.changes)).not.toContain("delete");
  }
  await stack.refresh();
  await ask("POST", `/v1/projects/${ref}/restore`);
  await trial.waitFor(ref, "ACTIVE_HEALTHY");
  const open2 = await open("paused", { protected: false }, { protect: false });
  const preview = await open2.preview({ refresh: true });
  expect(preview.steps.find(({ op }) => op === "update")?.differences).toContain("protected");
  await open2.up();
  expect(await open2.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  await open2.destroy();
});
