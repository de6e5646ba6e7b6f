import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import { resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { adoptPreview } from "../../operations/previews/adopt.ts";
import { PreviewCloud } from "../../operations/previews/cloud.ts";
import type { PrContext } from "../../operations/previews/context.ts";
import { downPreview } from "../../operations/previews/down.ts";
import { entryLine, otherLine, takeInventory } from "../../operations/previews/inventory.ts";
import { prunePreviews } from "../../operations/previews/prune.ts";
import { projectNameOf } from "../../operations/session/stack-names.ts";

const project = "tailfire";
const [mine, theirs] = ["aaaaaaaa", "bbbbbbbb"];
let dataDir: string;
let slug: string;
let call: (method: string, path: string, body?: object) => Promise<{ ref: string; name: string }[] & { ref: string }>;
let context: PrContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "two-repositories-"));
  const cloud = await startLocalCloud({ dataDir, organizations: ["previews"] });
  const [organization] = cloud.organizations;
  if (!organization) throw new Error("there is an organization");
  const { token } = organization;
  slug = organization.slug;
  call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const options = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(`${cloud.endpoint}/v1/projects${path}`, options);
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer.json() as ReturnType<typeof call>;
  };
  const api = new PreviewCloud({ endpoint: cloud.endpoint, token, project });
  context = { cloud: "local", dataDir, project, api, mark: mine, config: {}, onProgress: () => {} };
}, 120_000);

afterAll(async () => {
  await resetLocalCloud({ dataDir });
  await rm(dataDir, { recursive: true, force: true });
});

async function make(name: string): Promise<string> {
  const body = { name, organization_slug: slug, db_pass: "Left-behind-1", region: "ca-central-1" };
  return (await call("POST", "", body)).ref;
}

const names = async (): Promise<string[]> => (await call("GET", "")).map(({ name }) => name).sort();
const pruned = () => prunePreviews(context, { open: new Set(), dryRun: false, graceMs: 0, say: () => {} });

/** What the engine would have written for a preview that was made before there were marks. */
async function record(number: number, ref: string): Promise<void> {
  const { checkpoint } = localBackend(dataDir, project, `preview-pr-${number}`);
  const type = "supabase:index/project:Project";
  const urn = `urn:pulumi:preview-pr-${number}::${project}::${type}::main`;
  await mkdir(dirname(checkpoint), { recursive: true });
  const latest = { resources: [{ urn, type, id: ref, custom: true, outputs: { ref } }] };
  await writeFile(checkpoint, JSON.stringify({ version: 3, checkpoint: { latest } }));
}

test("down of one repository leaves the project of another one, and one without a mark", {
  timeout: 120_000,
}, async () => {
  await make(projectNameOf(project, 12, mine));
  const [other, unmarked] = [await make(projectNameOf(project, 12, theirs)), await make("tailfire-preview-pr-12")];
  const { orphans, others } = await downPreview(context, 12);
  expect(orphans).toHaveLength(1);
  expect([...others].sort()).toEqual([other, unmarked].sort());
  expect(await names()).toEqual(["tailfire-preview-pr-12", projectNameOf(project, 12, theirs)]);
});

test("prune does so as well, and list says whose they are", { timeout: 120_000 }, async () => {
  await make(projectNameOf(project, 13, mine));
  expect((await pruned()).removed).toMatchObject([{ number: 13 }]);
  expect(await names()).toEqual(["tailfire-preview-pr-12", projectNameOf(project, 12, theirs)]);
  const { previews, others } = await takeInventory(context);
  expect(previews).toEqual([]);
  const lines = others.map(otherLine).join("\n");
  expect(lines).toMatch(
    /"tailfire-preview-pr-12" +\(unmarked, recorded by this state: no; left alone\. .* adopt 12 --ref/,
  );
  expect(lines).toMatch(/of another repository \(mark bbbbbbbb\)/);
});

test("an unmarked one that this state recorded is ours", { timeout: 120_000 }, async () => {
  const ref = await make("tailfire-preview-pr-14");
  await record(14, ref);
  const [entry] = (await takeInventory(context)).previews;
  expect(entry).toMatchObject({ number: 14, stack: true, projects: [{ ref, recorded: true }] });
  expect(entry && entryLine(entry)).toContain("(unmarked, recorded by this state: yes)");
  await rm(localBackend(dataDir, project, "preview-pr-14").checkpoint);
  expect((await takeInventory(context)).previews).toEqual([]);
});

test("adopt marks what is named, asks which where several are, and prune then removes it", {
  timeout: 120_000,
}, async () => {
  const second = await make("tailfire-preview-pr-12");
  await expect(adoptPreview(context, 12)).rejects.toThrow(/no state says which of these is ours.*--ref/s);
  await expect(adoptPreview(context, 99)).rejects.toThrow(/nothing unmarked of it/);
  const { renamed } = await adoptPreview(context, 12, second);
  expect(renamed).toEqual([{ from: "tailfire-preview-pr-12", to: projectNameOf(project, 12, mine) }]);
  expect((await pruned()).removed).toMatchObject([{ number: 12 }]);
  expect(await names()).toEqual(
    ["tailfire-preview-pr-12", "tailfire-preview-pr-14", projectNameOf(project, 12, theirs)].sort(),
  );
});
