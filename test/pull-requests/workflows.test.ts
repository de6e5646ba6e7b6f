import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { previewMark } from "../../operations/previews/mark.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { projectNameOf } from "../../operations/session/stack-names.ts";
import { readWorkflow, runJob, stepEnvironment, type Values } from "./workflow.ts";
import { production, WorkflowTrial } from "./workflow-trial.ts";

const MINUTES = 60_000;
const preview = readWorkflow("preview");
const prune = readWorkflow("prune");
const tag = "20300101000000_note";
const mark = previewMark({ cloud: "hosted", dataDir: "", env: { GITHUB_REPOSITORY: "acme/app" } });
const destructiveTag = "20300102000000_drop_note";

let trial: WorkflowTrial;
let checkout: WorkflowTrial["checkout"];
let gitHub: WorkflowTrial["gitHub"];
let previewSecrets: Values;
let productionSecrets: Values;
let runner: Values;
/** What brings the shared preview up, without the condition that it is there. */
const sharedUp = () => {
  const step = production.jobs.resync?.steps.find(({ run }) => run?.includes("up -- preview"));
  return { ...step, run: String(step?.run).replace(" --existing", "") };
};
/** The command that an apply printed. */
let restoreCommand: string;

beforeAll(async () => {
  trial = await WorkflowTrial.start();
  ({ checkout, gitHub, previewSecrets, productionSecrets, runner } = trial);
}, 5 * MINUTES);

afterAll(() => trial?.remove(), 2 * MINUTES);

const onProduction = <T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> =>
  trial.onStack("prod", productionSecrets, work);

const onPreview = <T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> =>
  trial.onStack("preview-pr-12", previewSecrets, work);

/** Who may read a table of the catalog there. */
const readersOfPreview = (): Promise<string[]> =>
  onPreview(async (sql) => {
    const rows = await sql`select rolname as name from pg_roles
      where has_table_privilege(oid, 'catalog.cruise_lines', 'select') order by 1`;
    return rows.map(({ name }) => String(name));
  });

const columnsOf = (stack: string): Promise<string[]> =>
  trial.onStack(stack, previewSecrets, async (sql) => {
    const rows = await sql`select column_name as name from information_schema.columns
      where table_schema = 'catalog' and table_name = 'cruise_lines'`;
    return rows.map(({ name }) => String(name));
  });

describe("the workflows, step by step", { timeout: 10 * MINUTES }, () => {
  test("production: the first release", async () => {
    const { apply } = await trial.release();
    expect(apply).toMatch(/created/);
    expect(await trial.projectsOf(organizations.production)).toEqual(["tailfire-prod"]);
    expect(existsSync(join(checkout.folder, "hand-off/catalog-reader.age"))).toBe(true);
    checkout.commit("Hand over the reader");
  });

  test("preview: opened, with a migration", async () => {
    checkout.git("checkout", "-q", "-b", "feature");
    checkout.addMigration(tag, "create table public.preview_note (id integer primary key, body text not null);");
    checkout.commit("Add a note");
    const values = { ...trial.pullRequest(12), ...previewSecrets };
    const runnerOfPr = { ...runner, GITHUB_BASE_REF: "main" };
    checkout.git("update-ref", "refs/remotes/origin/main", "main");
    const ended = await runJob({ workflow: preview, job: "up", values, runner: runnerOfPr, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(await trial.projectsOf(organizations.previews)).toEqual([projectNameOf("tailfire", 12, mark)]);
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
    const values = { ...trial.pullRequest(12), ...previewSecrets };
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

  test("preview: force-pushed with its migration rewritten, it is made again", async () => {
    checkout.write(
      `migrations/${tag}.sql`,
      `${checkout.read(`migrations/${tag}.sql`)}\ncomment on table public.preview_note is 'x';`,
    );
    checkout.git("commit", "-qa", "--amend", "--no-edit");
    const values = { ...trial.pullRequest(12), ...previewSecrets };
    const runnerOfPr = { ...runner, GITHUB_BASE_REF: "main" };
    const ended = await runJob({ workflow: preview, job: "up", values, runner: runnerOfPr, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(ended.output).toMatch(
      /again: this checkout has another version of its 20300101000000_note, or none.*Removed first/,
    );
    expect(await trial.projectsOf(organizations.previews)).toEqual([projectNameOf("tailfire", 12, mark)]);
    expect(gitHub.comments[0]?.body).toContain("its data started over");
  });

  test.concurrent.each([
    { name: "a fork", workflow: preview, job: "plan" },
    { name: "production's own check of a pull request", workflow: production, job: "pull-request" },
  ])("$name: a plan, with nothing in its environment worth stealing", async ({ workflow, job }) => {
    const summary = join(checkout.dataDir, `${job}.md`);
    const values = trial.pullRequest(13);
    const runnerOfPr = { ...runner, GITHUB_BASE_REF: "main", GITHUB_STEP_SUMMARY: summary };
    const ended = await runJob({ workflow, job, values, runner: runnerOfPr, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(readFileSync(summary, "utf8")).toContain("CREATE TABLE public.preview_note");
    const found = workflow.jobs[job];
    if (!found) throw new Error(`there is no job ${job}`);
    for (const step of found.steps) {
      const env = stepEnvironment({ workflow, job: found, step, values, runner: {} });
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
    const { plan, outputs } = await trial.release();
    expect(plan).toContain(`+ ${tag}`);
    expect(outputs).toMatchObject({ destructive: "false", "changes-catalog": "false" });
  });

  test("production: after a release there is no shared preview to bring up, and none is made", async () => {
    const values = { ...previewSecrets, "needs.plan.outputs.changes-catalog": "false" };
    const before = await trial.projectsOf(organizations.previews);
    const ended = await runJob({ workflow: production, job: "resync", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(ended.output).toContain("Stack preview was never brought up, and stays so.");
    expect(await trial.projectsOf(organizations.previews)).toEqual(before);
    expect(checkout.git("status", "--porcelain")).toBe("");
    const up = { ...production, jobs: { up: { steps: [sharedUp()] } } };
    const made = await runJob({ workflow: up, job: "up", values: previewSecrets, runner, cwd: checkout.folder });
    expect(made.code, made.output).toBe(0);
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
    const released = await trial.release();
    expect(released.outputs).toMatchObject({ destructive: "true", "changes-catalog": "true" });
    expect(released.plan).toContain("drops: drop table public.preview_note");
    expect(released.plan).toMatch(/locks public\.preview_note AccessExclusiveLock/);
    expect(released.plan).toMatch(/locks catalog\.cruise_lines AccessExclusiveLock/);
    expect(production.jobs.apply?.environment).toMatchObject({
      name: expect.stringMatching(/outputs\.destructive == 'true' && 'production-destructive' \|\| 'production' \}\}$/),
    });
    restoreCommand = /Way back: (npm run release -- back .*)/.exec(released.apply)?.[1] ?? "";
    expect(restoreCommand, released.apply).toMatch(/--cloud hosted before-\d{6}-\d{6}$/);
    expect(await onProduction((sql) => sql`select to_regclass('public.preview_note') as gone`)).toEqual([
      { gone: null },
    ]);
    expect(await columnsOf("preview-pr-12")).not.toContain("pr_note");
    expect(await columnsOf("preview")).not.toContain("pr_note");
    const readers = await readersOfPreview();
    expect(readers).toContain("authenticated");
    // For the preview, a table that Production has and it has not is a new one.
    await onPreview((sql) => sql`drop foreign table catalog.cruise_lines`);
    const values = { ...previewSecrets, "needs.plan.outputs.changes-catalog": "true" };
    const followed = await runJob({ workflow: production, job: "resync", values, runner, cwd: checkout.folder });
    expect(followed.code, followed.output).toBe(0);
    expect(followed.output).toMatch(/preview follows: 0 [\s\S]*#12 follows: [1-9]/);
    expect(followed.output).not.toContain("pending");
    expect(await columnsOf("preview")).toContain("pr_note");
    expect(await columnsOf("preview-pr-12")).toContain("pr_note");
    expect(await readersOfPreview()).toEqual(readers);
  });

  test("production: where the shared preview cannot follow, the others do, and the job names it", async () => {
    await onProduction((sql) => sql`alter table catalog.cruise_lines add column later_note text`);
    const { ref } = await trial.loginOf("preview", previewSecrets);
    await trial.changeProject(organizations.previews, { ref, verb: "pause", until: "INACTIVE" });
    const values = { ...previewSecrets, "needs.plan.outputs.changes-catalog": "true" };
    const ended = await runJob({ workflow: production, job: "resync", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).not.toBe(0);
    expect(ended.output).toMatch(/preview is stale: [\s\S]*#12 follows: 1 [\s\S]*Could not follow: preview\n/);
    expect(await columnsOf("preview-pr-12")).toContain("later_note");
    await trial.changeProject(organizations.previews, { ref, verb: "restore", until: "ACTIVE_HEALTHY" });
    expect(await columnsOf("preview")).not.toContain("later_note");
    await onProduction((sql) => sql`alter table catalog.cruise_lines drop column later_note`);
  });

  test("production: the way back that was printed leads back", async () => {
    const steps = [{ run: restoreCommand, env: production.jobs.apply?.steps.at(-1)?.env ?? {} }];
    const back = { ...production, jobs: { back: { steps } } };
    const values = { ...productionSecrets, "needs.plan.outputs.digest": "" };
    const ended = await runJob({ workflow: back, job: "back", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(await onProduction((sql) => sql`select body from public.preview_note order by id`)).toEqual([
      { body: "kept" },
      { body: "too" },
    ]);
    const planned = await trial.planRelease();
    expect(planned.plan).toContain(`+ ${destructiveTag}`);
  });

  test("preview: closed; then prune finds nothing but what was left behind", async () => {
    const values = { ...trial.pullRequest(12), ...previewSecrets };
    const ended = await runJob({ workflow: preview, job: "down", values, runner, cwd: checkout.folder });
    expect(ended.code, ended.output).toBe(0);
    expect(gitHub.comments[0]?.body).toContain("removed");
    expect(await trial.projectsOf(organizations.previews)).toEqual(["tailfire-preview"]);
    const body = {
      name: projectNameOf("tailfire", 77, mark),
      organization_slug: trial.organization(organizations.previews).slug,
      db_pass: "Left-behind-1",
      region: "ca-central-1",
    };
    const headers = {
      authorization: `Bearer ${trial.organization(organizations.previews).token}`,
      "content-type": "application/json",
    };
    const made = await fetch(`${trial.cloud.endpoint}/v1/projects`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
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
    const told = gitHub.comments.filter(({ issue }) => issue === 77).map(({ body }) => body);
    expect(told).toEqual([
      expect.stringMatching(/removed[\s\S]*is gone: its pull request is not open\. The next push/),
    ]);
    expect(await trial.projectsOf(organizations.previews)).toEqual(["tailfire-preview"]);
  });
});
