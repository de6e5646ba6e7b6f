import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import { originOfCheckout, previewMark } from "../../operations/previews/mark.ts";
import type { PreviewRequest, Verb } from "../../operations/previews/request.ts";
import { runVerb, type VerbResult } from "../../operations/previews/verbs.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { openSession } from "../../operations/session/session.ts";
import { projectNameOf } from "../../operations/session/stack-names.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { runTask } from "../support/run.ts";

const MINUTES = 60_000;
const place = makePlace("pr-unhealthy");
const { dataDir } = place;
const mark = previewMark({ cloud: "local", dataDir, origin: originOfCheckout() });
const backend = (stack: string) => localBackend(dataDir, "tailfire", stack);
let ref: string;
let call: (method: string, path: string, body?: object) => Promise<unknown>;

beforeAll(async () => {
  process.env.TAILFIRE_DATA_DIR = dataDir;
  const { stack, localCloud } = await openSession({ stack: "preview", dataDir, config: { catalog: "standalone" } });
  await stack.up();
  ref = String((await stack.outputs()).ref?.value);
  if (!localCloud) throw new Error("the session is local");
  const { token } = organizationOf(localCloud, "preview");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  call = async (method, path, body) => {
    const answer = await fetch(`${localCloud.endpoint}/v1/projects${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === "" ? undefined : JSON.parse(text);
  };
}, 5 * MINUTES);

afterAll(() => place.remove());

function pr(verb: Verb, number = 0): Promise<VerbResult> {
  const request = { verb, number, cloud: "local", graceMs: 0, dryRun: false, comment: false, open: new Set<number>() };
  return runVerb(request as unknown as PreviewRequest, { say: () => {}, onProgress: () => {} });
}

/** A project that a killed `up` left. */
async function orphan(number: number): Promise<void> {
  const organizations = (await call("GET", "")) as { name: string; organization_slug: string }[];
  const [{ organization_slug: slug } = { organization_slug: "" }] = organizations;
  const name = projectNameOf("tailfire", number, mark);
  await call("POST", "", { name, organization_slug: slug, db_pass: "Left-behind-1", region: "ca-central-1" });
}

const names = async (): Promise<string[]> =>
  ((await call("GET", "")) as { name: string }[]).map(({ name }) => name).filter((name) => name.includes("-pr-"));

const until = async (status: string): Promise<void> => {
  await expect
    .poll(async () => ((await call("GET", `/${ref}`)) as { status: string }).status, { timeout: MINUTES })
    .toBe(status);
};

/** list says what is wrong, prune and down clear away what they can reach, and none of them ends with 0. */
async function goesOn(number: number, says: RegExp): Promise<void> {
  await orphan(number);
  const listed = await pr("list");
  expect(listed.failed).toBe(true);
  expect(listed.lines.join("\n")).toMatch(says);
  expect(listed.lines.join("\n")).toMatch(new RegExp(`#${number} +orphan`));
  expect((await pr("resync")).failed).toBe(true);
  const pruned = await pr("prune");
  expect(pruned.failed).toBe(true);
  expect(pruned.lines.join("\n")).toMatch(says);
  expect(await names()).toEqual([]);
  await orphan(number);
  const removed = await pr("down", number);
  expect(removed.failed).toBe(true);
  expect(removed.lines.join("\n")).toMatch(says);
  expect(await names()).toEqual([]);
}

describe("clean-up needs nothing healthy", { timeout: 4 * MINUTES }, () => {
  test("the shared preview is paused", async () => {
    await call("POST", `/${ref}/pause`);
    await until("INACTIVE");
    await goesOn(21, new RegExp(`${ref}[\\s\\S]*If it is paused, restore it`));
    await call("POST", `/${ref}/restore`);
    await until("ACTIVE_HEALTHY");
    expect((await pr("list")).failed).toBe(false);
  });

  test("its password was changed", async () => {
    const { stack } = await openSession({ stack: "preview", dataDir, program: async () => ({}) });
    const outputs = await stack.outputs({ showSecrets: true });
    const before = String(outputs.databasePassword?.value);
    await withSql(stack, (sql) => sql.unsafe("alter role postgres password 'Another-1'"));
    await goesOn(22, /28P01[\s\S]*if its password was changed/);
    await withSql(stack, (sql) => sql.unsafe(`alter role postgres password '${before}'`), { password: "Another-1" });
    expect((await pr("list")).failed).toBe(false);
  });

  test("its passphrase was rotated", async () => {
    const { passphraseFile } = backend("preview");
    await copyFile(passphraseFile, `${passphraseFile}.kept`);
    await writeFile(passphraseFile, "another");
    await goesOn(23, /passphrase/);
    await rename(`${passphraseFile}.kept`, passphraseFile);
  });

  test("one state is cut off: its file and the copy are named, down removes the project by its mark", async () => {
    const { checkpoint, passphraseFile } = backend("preview-pr-24");
    await mkdir(dirname(checkpoint), { recursive: true });
    await writeFile(passphraseFile, "words-that-are-long-enough");
    await writeFile(checkpoint, '{"version": 3, "checkpoint": {"lat');
    await writeFile(`${checkpoint}.bak`, '{"version": 3, "checkpoint": {}}');
    await orphan(24);
    await orphan(25);
    const listed = (await pr("list")).lines.join("\n");
    expect(listed).toMatch(/#24 +incomplete[\s\S]*#25 +orphan/);
    expect(listed).toContain(checkpoint);
    expect(listed).toContain(`cp "${checkpoint}.bak"`);
    const removed = await pr("down", 24);
    expect(removed.failed).toBe(true);
    expect(removed.lines.join("\n")).toContain(`cp "${checkpoint}.bak"`);
    expect(await names()).toEqual([projectNameOf("tailfire", 25, mark)]);
    expect(existsSync(checkpoint)).toBe(true);
    const pruned = await pr("prune");
    expect(pruned.failed).toBe(true);
    expect(await names()).toEqual([]);
    const drift = await runTask("drift", ["--all", "--only", "migrations"], { dataDir });
    expect(drift.code, drift.output).toBe(1);
    expect(drift.output).toContain("preview ");
    expect(drift.output.replaceAll(/\s+/g, "")).toContain(`${checkpoint}.bak`);
  });
});

test("preview of a stack that does not exist leaves nothing behind", { timeout: 2 * MINUTES }, async () => {
  const { workDir, checkpoint } = backend("dev");
  const files = async () => [...(await readdir(workDir)), ...(await readdir(dirname(checkpoint)))].sort();
  const before = await files();
  const ended = await runTask("preview", ["dev"], { dataDir });
  expect(ended.code, ended.output).toBe(0);
  expect(ended.output).toMatch(/create/);
  expect(await files()).toEqual(before);
});

test("a lost state is not a new stack, and preview leaves its copy as it is", { timeout: 2 * MINUTES }, async () => {
  const { checkpoint } = backend("preview");
  const state = await readFile(checkpoint);
  await copyFile(checkpoint, `${checkpoint}.bak`);
  await writeFile(checkpoint, state.subarray(0, 1000));
  const cut = await runTask("preview", ["preview"], { dataDir });
  expect(cut.code, cut.output).toBe(1);
  expect(cut.output).toContain(`cp "${checkpoint}.bak"`);
  await rm(checkpoint);
  const lost = await runTask("preview", ["preview"], { dataDir });
  expect(lost.code, lost.output).toBe(3);
  expect(lost.output).toContain(`cp "${checkpoint}.bak"`);
  expect(await readFile(`${checkpoint}.bak`)).toEqual(state);
  expect(existsSync(checkpoint)).toBe(false);
  await writeFile(checkpoint, state);
  expect(existsSync(join(dataDir, "pulumi", "passphrase.preview"))).toBe(true);
});

describe("database or passphrase gone: ref and token alone", { timeout: 4 * MINUTES }, () => {
  test("down of a preview whose passphrase is gone deletes what its state recorded, when it is asked to", async () => {
    const [{ organization_slug: slug } = { organization_slug: "" }] = (await call("GET", "")) as {
      organization_slug: string;
    }[];
    const body = { organization_slug: slug, db_pass: "Left-behind-1", region: "ca-central-1" };
    const { ref: recorded } = (await call("POST", "", { ...body, name: "renamed by hand" })) as { ref: string };
    const { checkpoint } = backend("preview-pr-26");
    const type = "supabase:index/project:Project";
    const urn = `urn:pulumi:preview-pr-26::tailfire::${type}::main`;
    const latest = { resources: [{ urn, type, id: recorded, custom: true, outputs: { name: "renamed by hand" } }] };
    await writeFile(checkpoint, JSON.stringify({ version: 3, checkpoint: { latest } }));
    const refused = await pr("down", 26);
    expect(refused.lines.join("\n")).toMatch(/Stack preview-pr-26 stays: .*passphrase/);
    const unasked = await runTask("pr", ["down", "26", "--forget-database"], { dataDir });
    expect(unasked.code, unasked.output).toBe(3);
    const down = await runTask("pr", ["down", "26", "--forget-database", "--yes"], { dataDir });
    expect(down.code, down.output).toBe(0);
    const left = (await call("GET", "")) as { ref: string }[];
    expect(left.map((project) => project.ref)).not.toContain(recorded);
    expect(existsSync(checkpoint)).toBe(false);
  });

  test("destroy of a stack whose database is paused and whose passphrase is gone", async () => {
    const { checkpoint, passphraseFile } = backend("preview");
    await rm(passphraseFile);
    await call("POST", `/${ref}/pause`);
    await until("INACTIVE");
    const plain = await runTask("destroy", ["preview", "--yes"], { dataDir });
    expect(plain.code, plain.output).toBe(3);
    expect(plain.output).toContain("npm run destroy -- preview --forget-database");
    const asked = await runTask("destroy", ["preview", "--forget-database"], { dataDir });
    expect(asked.code, asked.output).toBe(3);
    expect(asked.output).toContain(`- project tailfire-preview (${ref}), by this ref alone`);
    const state = await readFile(checkpoint, "utf8");
    const guarded = JSON.parse(state);
    for (const resource of guarded.checkpoint.latest.resources) resource.protect = resource.type.endsWith(":Project");
    await writeFile(checkpoint, JSON.stringify(guarded));
    const kept = await runTask("destroy", ["preview", "--forget-database", "--yes"], { dataDir });
    expect(kept.code, kept.output).toBe(3);
    expect(kept.output).toContain("protected: Project main. Nothing was changed");
    await writeFile(checkpoint, state);
    const destroyed = await runTask("destroy", ["preview", "--forget-database", "--yes"], { dataDir });
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(await call("GET", "")).toEqual([]);
    const traces = (await readdir(backend("preview").workDir)).filter((name) => /\bpreview\b(?!-pr)/.test(name));
    expect([existsSync(checkpoint), traces]).toEqual([false, []]);
  });
});
