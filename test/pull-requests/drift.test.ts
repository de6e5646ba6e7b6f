import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { type Finished, run } from "../support/run.ts";
import { TrialCheckout } from "./checkout.ts";
import { type GitHubStandIn, startGitHub } from "./stand-in.ts";
import { readWorkflow, runJob, type Values } from "./workflow.ts";

const MINUTES = 60_000;
const workflow = readWorkflow("drift");

let checkout: TrialCheckout;
let cloud: LocalCloud;
let gitHub: GitHubStandIn;
let secrets: Values;
let runner: Values;
let production: Sql;
let password: string;

beforeAll(async () => {
  checkout = new TrialCheckout("drift-workflow");
  cloud = await startLocalCloud({ dataDir: checkout.dataDir, organizations: Object.values(organizations) });
  gitHub = await startGitHub();
  const found = cloud.organizations.find(({ name }) => name === organizations.production);
  const recipients = await identityToRecipient(await generateX25519Identity());
  const settings = checkout.read("Pulumi.prod.yaml").replace(organizations.production, found?.slug ?? "");
  checkout.write("Pulumi.prod.yaml", `${settings}  tailfire:handOffRecipients: ${recipients}\n`);
  const state = join(checkout.dataDir, "state");
  mkdirSync(state);
  secrets = {
    "secrets.PULUMI_BACKEND_URL": `file://${state}`,
    "secrets.PULUMI_CONFIG_PASSPHRASE": "words-of-the-passphrase",
    "secrets.SUPABASE_ACCESS_TOKEN": found?.token ?? "",
    "github.token": gitHub.token,
  };
  runner = {
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: gitHub.apiUrl,
    GITHUB_REPOSITORY: gitHub.repository,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_JOB: "production",
    GITHUB_STEP_SUMMARY: join(checkout.dataDir, "summary.md"),
    SUPABASE_API_ENDPOINT: cloud.endpoint,
    TAILFIRE_DATA_DIR: checkout.dataDir,
    ...(process.env.TAILFIRE_CACHE_DIR ? { TAILFIRE_CACHE_DIR: process.env.TAILFIRE_CACHE_DIR } : {}),
  };
  await deploy();
}, 5 * MINUTES);

afterAll(async () => {
  await production?.end({ timeout: 2 });
  await gitHub?.stop();
  await checkout?.remove();
}, 2 * MINUTES);

async function deploy(): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name.replace(/^secrets\.|^github\.token$/, ""), value]),
  );
  const task = (name: string, ...args: string[]): Promise<Finished> =>
    run(process.execPath, [join(checkout.folder, "scripts/setup.mjs"), "--run", name, ...args], { ...runner, ...env });
  const up = await task("up", "prod", "--cloud", "hosted", "--yes");
  expect(up.code, up.output).toBe(0);
  const written = await task("env", "prod", "--cloud", "hosted", "-o", join(checkout.dataDir, "env"));
  expect(written.code, written.output).toBe(0);
  const [, url = ""] = /^DIRECT_URL=["']?([^"'\n]+)/m.exec(readFileSync(join(checkout.dataDir, "env"), "utf8")) ?? [];
  password = decodeURIComponent(new URL(url).password);
  production = postgres(url, { max: 1, onnotice: () => {} });
}

/** The run lines of the job, as the runner carries them out; the cache and the artifact are the runner's. */
async function check(number: number): Promise<Finished> {
  const values = { ...secrets, "vars.PULUMI_ORGANIZATION": "" };
  const withRun = { ...runner, GITHUB_RUN_ID: String(number) };
  return runJob({ workflow, job: "production", values, runner: withRun, cwd: checkout.folder });
}

describe("drift.yml, step by step", { timeout: 5 * MINUTES }, () => {
  test("drift seen twice opens an issue; clean again closes it; a planted secret is nowhere", async () => {
    await production.unsafe("create index trips_by_hand on public.trips (id)");
    await production.unsafe(`comment on table public.trips is 'by hand: ${password}'`);
    const first = await check(1);
    expect(first.code, first.output).toBe(0);
    expect(first.stderr).toContain("1 of 1: prod 2 found");
    expect(gitHub.issues).toEqual([]);

    const second = await check(2);
    expect(second.code, second.output).toBe(0);
    expect(gitHub.issues).toMatchObject([{ title: "Drift: prod", state: "open" }]);
    const body = gitHub.issues[0]?.body ?? "";
    for (const said of ["schema:index public.trips_by_hand", "schema:comment on table public.trips"])
      expect(body).toContain(said);
    expect(body).toContain("https://github.example/acme/app/actions/runs/2");

    const summary = readFileSync(runner.GITHUB_STEP_SUMMARY ?? "", "utf8");
    const page = readFileSync(join(checkout.folder, "drift.html"), "utf8");
    const history = readFileSync(join(checkout.dataDir, "drift/history.jsonl"), "utf8");
    expect(history.trim().split("\n")).toHaveLength(2);
    expect(page).toContain("by hand: ***");
    const told = [first.output, second.output, body, summary, page, history].join("\n");
    for (const secret of [password, gitHub.token, ...Object.values(secrets)]) expect(told).not.toContain(secret);

    await production.unsafe("drop index public.trips_by_hand; comment on table public.trips is null");
    const third = await check(3);
    expect(third.code, third.output).toBe(0);
    expect(gitHub.issues).toMatchObject([{ state: "closed", state_reason: "completed" }]);
  });

  test("an operation under way fails the run and changes no issue", async () => {
    const requests = gitHub.requests.length;
    await production.unsafe("select pg_advisory_lock(4026692762179956003)");
    const busy = await check(4);
    await production.unsafe("select pg_advisory_unlock(4026692762179956003)");
    expect(busy.code, busy.output).toBe(4);
    expect(busy.stdout).toMatch(/prod {2}not checked/);
    expect(busy.stdout).toMatch(/migrations are being applied by "postgres\.js" \(pid \d+, role postgres\)/);
    expect(gitHub.requests.slice(requests).filter((line) => !line.startsWith("GET"))).toEqual([]);
  });
});
