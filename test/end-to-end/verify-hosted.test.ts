import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import {
  differencesFrom,
  inShapeOfReport,
  type PlatformReport,
  readFacts,
} from "../../operations/verification/platform-report.ts";
import { type RunningTask, root, runTask, startTask } from "../support/run.ts";

const MINUTES = 60_000;
const dataDir = mkdtempSync(join(tmpdir(), "verify-"));
let cloud: LocalCloud;
beforeAll(async () => {
  // The variants the other tests do not have.
  const variant = ["wrapper-c", "grants-old"];
  cloud = await startLocalCloud({ dataDir, organizations: Object.values(organizations), variant });
});
afterAll(async () => {
  await resetLocalCloud({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
});

/** Names of all projects there are, as a client of its own lists them. */
async function projects(): Promise<string[]> {
  const headers = { authorization: `Bearer ${organizationOf(cloud, "preview").token}` };
  const answer = await fetch(`${cloud.endpoint}/v1/projects`, { headers });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
}

const runs = (): string[] => (existsSync(join(dataDir, "verify")) ? readdirSync(join(dataDir, "verify")) : []);

/** Every resource the provider declares; `Settings` is the bridged form of the others. */
function resourceKinds(): string[] {
  const folder = join(root, "sdks/supabase");
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const declared = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return declared.flatMap((text) => /^export class (\w+) extends pulumi\.CustomResource/m.exec(text)?.[1] ?? []);
}

/** Starts a run, and waits until it has made its first project. */
async function startRun(): Promise<RunningTask> {
  const before = await projects();
  const started = startTask("verify-hosted", ["--local"], { dataDir });
  while ((await projects()).length === before.length && started.isRunning()) await sleep(50);
  return started;
}

test("without a token nothing is done, and the way to try it here is named", async () => {
  const { code, output } = await runTask("verify-hosted", [], { dataDir });
  expect(code).toBe(3);
  expect(output).toMatch(/SUPABASE_ACCESS_TOKEN is not set.*--local/s);
});

/** The file that is attached to a report: versions, differences from the facts, and no secret and no name. */
function isReport(output: string): void {
  const file = /written to (\S+\.json)/.exec(output)?.[1] ?? "";
  const text = readFileSync(file, "utf8");
  const report = JSON.parse(text) as PlatformReport;
  expect(report).toMatchObject({ format: 1, factsTaken: readFacts().about.taken });
  expect(report.versions).toMatchObject({
    image: expect.stringMatching(/^17\./),
    server: expect.stringMatching(/^17\./),
  });
  expect(report.variants.foreignDataWrapperOwner).toMatch(/^(postgres|supabase_admin)$/);
  // The local cloud says of itself where it differs; the roles that everything hangs on are not among that.
  const paths = report.differences.map(({ path }) => path);
  expect(paths.filter((path) => /^roles\.(anon|authenticated|service_role)\.(?!config)/.test(path))).toEqual([]);
  expect(report.found).toMatchObject({ roles: { anon: { login: false } }, schemas: { public: {} } });
  // With the facts themselves there is nothing to tell, and a planted difference is told by its path.
  const facts = inShapeOfReport(readFacts());
  expect(differencesFrom(facts, facts)).toEqual([]);
  const planted = { ...facts, roles: { ...facts.roles, anon: { ...(facts.roles?.anon as object), login: true } } };
  expect(differencesFrom(facts, planted)).toEqual([{ path: "roles.anon.login", fact: false, found: true }]);
  expect(text).not.toMatch(/SCRAM-SHA-256|password=|sbp_|postgres:\/\/|127\.0\.|\b[a-z]{20}\b/);
}

test("both environments, commands, every other resource and every function are used, and nothing is left", {
  timeout: 10 * MINUTES,
}, async () => {
  const { code, output } = await runTask("verify-hosted", ["--local", "--everything", "--login-role"], { dataDir });
  expect(code, output).toBe(0);
  expect(output).toMatch(/Makes \d projects.*Cost: .*Bring up prod.*5 sailings.*no changes.*Destroy verify-prod/s);
  expect(output).toContain("Every step passed, and nothing is left.");
  isReport(output);
  const steps = ["Rotate the reader", "Ask doctor about preview", "Look for drift in preview", "Give every property"];
  for (const step of [...steps, "Import it into another stack", "Pause it", "Restore it"])
    expect(output).toContain(step);
  const kinds = resourceKinds().filter((kind) => kind !== "Settings");
  expect(kinds.length).toBeGreaterThan(9);
  for (const kind of kinds) expect(output).toMatch(new RegExp(`\\+ ${kind} other +created`));
  expect(await projects()).toEqual([]);
  expect(runs()).toEqual([]);
});

test("what a killed run leaves is removed by --clean, and Ctrl-C leaves nothing", {
  timeout: 5 * MINUTES,
}, async () => {
  const killed = await startRun();
  killed.signal("SIGKILL");
  await killed.ended;
  const left = await projects();
  expect(left).toHaveLength(1);

  const interrupted = await startRun();
  interrupted.signal("SIGINT");
  const { code, output } = await interrupted.ended;
  expect(code, output).toBe(130);
  expect(output).toMatch(/Cleaned up: [12] projects removed, none is left/);
  // Another run's projects are not its own to remove.
  expect(await projects()).toEqual(left);

  const asked = await runTask("verify-hosted", ["--local", "--clean"], { dataDir });
  expect(asked.code, asked.output).toBe(3);
  expect(await projects()).toEqual(left);
  const cleaned = await runTask("verify-hosted", ["--local", "--clean", "--yes"], { dataDir });
  expect(cleaned.code, cleaned.output).toBe(0);
  expect(await projects()).toEqual([]);
  expect(runs()).toEqual([]);
});
