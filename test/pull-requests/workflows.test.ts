import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveEngine } from "../../engine/resolve.ts";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../scripts/organizations.ts";
import { run } from "../support/run.ts";
import { TrialCheckout } from "./checkout.ts";
import { type GitHubStandIn, startGitHub } from "./stand-in.ts";
import { readWorkflow, runJob, stepEnvironment, type Values } from "./workflow.ts";

const MINUTES = 60_000;
const preview = readWorkflow("preview");
const production = readWorkflow("production");
const prune = readWorkflow("prune");
const tag = "20300101000000_note";
const destructiveTag = "20300102000000_drop_note";

let checkout: TrialCheckout;
let cloud: LocalCloud;
let gitHub: GitHubStandIn;
let previewSecrets: Values;
let productionSecrets: Values;
let runner: Values;
/** The command that an apply printed. */
let wayBack: string;

const tokenOf = (name: string): string => cloud.organizations.find((found) => found.name === name)?.token ?? "";
const slugOf = (name: string): string => cloud.organizations.find((found) => found.name === name)?.slug ?? "";
const backend = (name: string): string => {
  const folder = join(checkout.dataDir, name);
  mkdirSync(folder, { recursive: true });
  return `file://${folder}`;
};

beforeAll(async () => {
  checkout = new TrialCheckout("workflows");
  cloud = await startLocalCloud({ dataDir: checkout.dataDir, organizations: Object.values(organizations) });
  gitHub = await startGitHub();
  const identity = await generateX25519Identity();
  for (const [stack, name] of [
    ["prod", organizations.production],
    ["preview", organizations.previews],
  ] as const) {
    const text = checkout.read(`Pulumi.${stack}.yaml`).replace(name, slugOf(name));
    const recipients = `  tailfire:handOffRecipients: ${await identityToRecipient(identity)}\n`;
    checkout.write(`Pulumi.${stack}.yaml`, stack === "prod" ? text + recipients : text);
  }
  checkout.commit("Name who may read the catalog");
  const words = (): string => randomBytes(16).toString("hex");
  previewSecrets = {
    "secrets.PULUMI_BACKEND_URL": backend("previews-state"),
    "secrets.PULUMI_CONFIG_PASSPHRASE": words(),
    "secrets.SUPABASE_ACCESS_TOKEN": tokenOf(organizations.previews),
    "secrets.HAND_OFF_IDENTITY": identity,
  };
  productionSecrets = {
    "secrets.PULUMI_BACKEND_URL": backend("production-state"),
    "secrets.PULUMI_CONFIG_PASSPHRASE": words(),
    "secrets.SUPABASE_ACCESS_TOKEN": tokenOf(organizations.production),
  };
  // What every runner sets; the Supabase endpoint is what makes the hosted form meet the local cloud.
  runner = {
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: gitHub.apiUrl,
    GITHUB_REPOSITORY: gitHub.repository,
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
    SUPABASE_API_ENDPOINT: cloud.endpoint,
    TAILFIRE_DATA_DIR: checkout.dataDir,
    ...(process.env.TAILFIRE_CACHE_DIR ? { TAILFIRE_CACHE_DIR: process.env.TAILFIRE_CACHE_DIR } : {}),
  };
}, 5 * MINUTES);

afterAll(async () => {
  await gitHub?.stop();
  await checkout?.remove();
}, 2 * MINUTES);

const pullRequest = (number: number): Values => ({
  "github.event.pull_request.number": String(number),
  "github.token": gitHub.token,
  "vars.PULUMI_ORGANIZATION": "",
});

async function projectsOf(name: string): Promise<string[]> {
  const answer = await fetch(`${cloud.endpoint}/v1/projects`, {
    headers: { authorization: `Bearer ${tokenOf(name)}` },
  });
  return ((await answer.json()) as { name: string }[]).map((project) => project.name);
}

/** Runs the job plan, and reads what it put out. */
async function planRelease(): Promise<{ plan: string; outputs: Values }> {
  const output = join(checkout.dataDir, "github-output");
  writeFileSync(output, "");
  const summary = join(checkout.dataDir, "summary.md");
  const withOutput = { ...runner, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  const cwd = checkout.folder;
  const planned = await runJob({
    workflow: production,
    job: "plan",
    values: productionSecrets,
    runner: withOutput,
    cwd,
  });
  expect(planned.code, planned.output).toBe(0);
  const outputs = Object.fromEntries(
    readFileSync(output, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2) as [string, string]),
  );
  return { plan: planned.output, outputs };
}

/** Runs plan and, with what it put out, apply. */
async function release(): Promise<{ plan: string; apply: string; outputs: Values }> {
  const { plan, outputs } = await planRelease();
  const values = { ...productionSecrets, "needs.plan.outputs.digest": outputs.digest ?? "" };
  const applied = await runJob({ workflow: production, job: "apply", values, runner, cwd: checkout.folder });
  expect(applied.code, applied.output).toBe(0);
  return { plan, apply: applied.output, outputs };
}

/** Runs `work` as role `postgres` of a stack, whose outputs are read as a person would. */
async function onStack<T>(stack: string, secrets: Values, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const engine = await resolveEngine();
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack, "--cwd", checkout.folder];
  const { stdout } = await run(engine.path, args, {
    PULUMI_BACKEND_URL: secrets["secrets.PULUMI_BACKEND_URL"] ?? "",
    PULUMI_CONFIG_PASSPHRASE: secrets["secrets.PULUMI_CONFIG_PASSPHRASE"] ?? "",
  });
  const { host, port, user, database, databasePassword } = JSON.parse(stdout);
  const sql = postgres({ host, port, user, database, password: databasePassword, ssl: "require", max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const onProduction = <T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> =>
  onStack("prod", productionSecrets, work);

const columnsOfPreview = (): Promise<string[]> =>
  onStack("preview-pr-12", previewSecrets, async (sql) => {
    const rows = await sql`select column_name as name from information_schema.columns
      where table_schema = 'catalog' and table_name = 'cruise_lines'`;
    return rows.map(({ name }) => String(name));
  });

describe("the workflows, step by step", { timeout: 10 * MINUTES }, () => {
  test("production: the first release", async () => {
    const { apply } = await release();
    expect(apply).toMatch(/created/);
    expect(await projectsOf(organizations.production)).toEqual(["tailfire-prod"]);
    expect(existsSync(join(checkout.folder, "hand-off/catalog-reader.age"))).toBe(true);
    checkout.commit("Hand over the reader");
  });

  test("preview: opened, with a migration", async () => {
    checkout.git("checkout", "-q", "-b", "feature");
    checkout.addMigration(tag, "create table public.preview_note (id integer primary key, body text not null);");
    checkout.commit("Add a note");
    const values = { ...pullRequest(12), ...previewSecrets };
    const runnerOfPr = { ...runner, GITHUB_BASE_REF: "main" };
    checkout.git("update-ref", "refs/remotes/origin/main", "main");
    const ended = await runJob({ workflow: preview, job: "up", values, runner: runnerOfPr, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(await projectsOf(organizations.previews)).toEqual(["tailfire-preview-pr-12"]);
    const [comment] = gitHub.comments;
    expect(comment?.body).toContain("CREATE TABLE public.preview_note");
    expect(comment?.body).toContain("read from Production");
    for (const secret of Object.values({ ...previewSecrets, ...productionSecrets })) {
      expect(comment?.body).not.toContain(secret);
      expect(ended.output).not.toContain(secret);
    }
    expect(checkout.git("status", "--porcelain")).toBe("");
  });

  test("preview: pushed again, nothing changes and the comment stays one", async () => {
    const values = { ...pullRequest(12), ...previewSecrets };
    const ended = await runJob({
      workflow: preview,
      job: "up",
      values,
      runner: { ...runner, GITHUB_BASE_REF: "main" },
      cwd: checkout.folder,
    });
    expect(ended.code, ended.output).toBe(0);
    expect(ended.output).toMatch(/Pull request 12: no changes/);
    expect(gitHub.comments).toHaveLength(1);
    expect(gitHub.comments[0]?.body).toContain("up to date");
  });

  test("a fork: a plan, with nothing in its environment worth stealing", async () => {
    const summary = join(checkout.dataDir, "fork.md");
    const values = pullRequest(13);
    const ended = await runJob({
      workflow: preview,
      job: "plan",
      values,
      runner: { ...runner, GITHUB_BASE_REF: "main", GITHUB_STEP_SUMMARY: summary },
      cwd: checkout.folder,
    });
    expect(ended.code, ended.output).toBe(0);
    expect(readFileSync(summary, "utf8")).toContain("CREATE TABLE public.preview_note");
    const job = preview.jobs.plan;
    for (const step of job?.steps ?? []) {
      const env = job ? stepEnvironment({ workflow: preview, job, step, values, runner: {} }) : {};
      expect(Object.keys(env).filter((name) => /TOKEN|PASS|SECRET|IDENTITY|BACKEND/.test(name))).toEqual([]);
    }
  });

  test("production refuses a plan other than the approved one", async () => {
    const values = { ...productionSecrets, "needs.plan.outputs.digest": "0".repeat(64) };
    const ended = await runJob({ workflow: production, job: "apply", values, runner, cwd: checkout.folder });
    expect(ended.code).toBe(3);
    expect(ended.output).toMatch(/was approved\s+Nothing was changed/);
  });

  test("production: merged, the migration is released", async () => {
    checkout.git("checkout", "-q", "main");
    checkout.git("merge", "-q", "feature");
    const { plan, outputs } = await release();
    expect(plan).toContain(`+ ${tag}`);
    expect(outputs).toMatchObject({ destructive: "false", "changes-catalog": "false" });
  });

  test("production: what takes something away waits for its own approval, and previews follow the catalog", async () => {
    await onProduction((sql) => sql`insert into public.preview_note values (1, 'kept'), (2, 'too')`);
    checkout.addMigration(
      destructiveTag,
      `drop table public.preview_note;
      do $$ begin
        if environment.catalog_mode() = 'local' then alter table catalog.cruise_lines add column pr_note text; end if;
      end $$;`,
    );
    checkout.commit("Drop the note");
    const released = await release();
    expect(released.outputs).toMatchObject({ destructive: "true", "changes-catalog": "true" });
    expect(released.plan).toContain("drops: drop table public.preview_note");
    expect(released.plan).toMatch(/locks public\.preview_note AccessExclusiveLock/);
    expect(released.plan).toMatch(/locks catalog\.cruise_lines AccessExclusiveLock/);
    expect(production.jobs.apply?.environment).toMatchObject({
      name: expect.stringMatching(/outputs\.destructive == 'true' && 'production-destructive' \|\| 'production' \}\}$/),
    });
    wayBack = /Way back: (npm run release -- back .*)/.exec(released.apply)?.[1] ?? "";
    expect(wayBack, released.apply).toMatch(/--cloud hosted before-\d{6}-\d{6}$/);
    expect(await onProduction((sql) => sql`select to_regclass('public.preview_note') as gone`)).toEqual([
      { gone: null },
    ]);
    expect(await columnsOfPreview()).not.toContain("pr_note");
    const followed = await runJob({
      workflow: production,
      job: "resync",
      values: previewSecrets,
      runner,
      cwd: checkout.folder,
    });
    expect(followed.code, followed.output).toBe(0);
    expect(followed.output).toMatch(/#12 follows: [1-9]/);
    expect(await columnsOfPreview()).toContain("pr_note");
  });

  test("production: the way back that was printed leads back", async () => {
    const steps = [{ run: wayBack, env: production.jobs.apply?.steps.at(-1)?.env ?? {} }];
    const back = { ...production, jobs: { back: { steps } } };
    const values = { ...productionSecrets, "needs.plan.outputs.digest": "" };
    const ended = await runJob({ workflow: back, job: "back", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(await onProduction((sql) => sql`select body from public.preview_note order by id`)).toEqual([
      { body: "kept" },
      { body: "too" },
    ]);
    const planned = await planRelease();
    expect(planned.plan).toContain(`+ ${destructiveTag}`);
  });

  test("preview: closed; then prune finds nothing but what was left behind", async () => {
    const values = { ...pullRequest(12), ...previewSecrets };
    const ended = await runJob({ workflow: preview, job: "down", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(gitHub.comments[0]?.body).toContain("removed");
    expect(await projectsOf(organizations.previews)).toEqual([]);
    const body = {
      name: "tailfire-preview-pr-77",
      organization_slug: slugOf(organizations.previews),
      db_pass: "Left-behind-1",
      region: "ca-central-1",
    };
    const headers = { authorization: `Bearer ${tokenOf(organizations.previews)}`, "content-type": "application/json" };
    const made = await fetch(`${cloud.endpoint}/v1/projects`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(made.status, await made.text()).toBe(201);
    const young = await runJob({ workflow: prune, job: "prune", values, runner, cwd: checkout.folder });
    expect(young.output).toContain("0 removed");
    const script = prune.jobs.prune?.steps.find(({ run }) => run?.includes("prune"))?.run ?? "";
    const now = {
      ...prune,
      jobs: {
        prune: {
          ...prune.jobs.prune,
          steps: [{ run: `${script} --grace 0m`, env: prune.jobs.prune?.steps.at(-1)?.env }],
        },
      },
    } as typeof prune;
    const old = await runJob({ workflow: now, job: "prune", values, runner, cwd: checkout.folder });
    expect(old.output).toMatch(/1 removed/);
    expect(await projectsOf(organizations.previews)).toEqual([]);
  });
});
