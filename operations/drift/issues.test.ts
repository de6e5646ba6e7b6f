import { afterEach, beforeEach, expect, test } from "vitest";
import { finding, looked, report } from "../../test/drift/sample.ts";
import { type GitHubStandIn, type StandInIssue, startGitHub } from "../../test/pull-requests/stand-in.ts";
import { historyLines, parseHistory, withSince } from "./core/history.ts";
import { markdownReport } from "./core/report/markdown.ts";
import type { StackResult } from "./core/result.ts";
import { syncIssues } from "./issues.ts";

let gitHub: GitHubStandIn;
let history = "";
let day = 0;

beforeEach(async () => {
  gitHub = await startGitHub();
  history = "";
  day = 0;
});
afterEach(() => gitHub.stop());

/** One run of the workflow, as the command makes it: with what earlier runs left in the history. */
async function run(stacks: readonly StackResult[], about: { all?: string[]; scope?: string } = {}): Promise<string[]> {
  day++;
  const startedAt = `2030-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;
  const earlier = parseHistory(history);
  const dated = withSince(stacks, earlier, startedAt);
  history += historyLines(dated, startedAt);
  const { all, scope = "previews" } = about;
  const runUrl = `https://github.example/acme/app/actions/runs/${day}`;
  return syncIssues(gitHub, {
    report: report(dated, { startedAt }),
    scope,
    all,
    known: new Set(earlier.map(({ stack }) => stack)),
    runUrl,
  });
}

const index = finding({ layer: "schema", object: "index public.a" });
const policy = finding({ layer: "schema", object: "policy public.b" });
const drifted = looked("preview", { findings: [index] });
const clean = looked("preview");
const only = (): StandInIssue => gitHub.issues[0] ?? ({} as StandInIssue);
const said = (): string[] => gitHub.comments.map(({ body }) => body.trim());

test("opened after two detections in a row, updated, closed when clean, opened again", async () => {
  expect(await run([drifted])).toEqual([expect.stringContaining("the next check")]);
  expect(gitHub.issues).toEqual([]);
  expect(await run([drifted])).toEqual(["preview: opened issue 1"]);
  expect(only()).toMatchObject({ title: "Drift: preview", state: "open", labels: [{ name: "drift" }] });
  expect(only().body).toContain("schema:index public.a");
  expect(only().body).toContain("since 2030-01-01");
  expect(only().body).toContain("([run](https://github.example/acme/app/actions/runs/2))");
  await run([drifted]);
  expect(only().body).toContain("runs/3");
  expect(said()).toEqual([]);
  await run([looked("preview", { findings: [policy] })]);
  expect(said().at(-1)).toMatch(/^New: `schema:policy public\.b`\. 1 no longer found\. \(\[run\]/);
  await run([clean]);
  expect(only()).toMatchObject({ state: "closed", state_reason: "completed" });
  expect(said().at(-1)).toContain("`preview` is clean.");
  await run([drifted]);
  expect(only().state).toBe("closed");
  await run([drifted]);
  expect(only().state).toBe("open");
  expect(gitHub.issues).toHaveLength(1);
});

test("a detection that does not come back opens nothing", async () => {
  for (const result of [drifted, clean, drifted, clean, looked("preview", { findings: [policy] }), clean])
    await run([result]);
  expect(gitHub.issues).toEqual([]);
  expect(gitHub.requests.filter((line) => !line.startsWith("GET"))).toEqual([]);
});

test("what could not be read, or was busy, leaves an issue as it is", async () => {
  await run([drifted]);
  await run([drifted]);
  const before = JSON.stringify(gitHub.issues);
  await run([looked("preview", { layers: [{ layer: "schema", status: "unreachable", seconds: 1, error: "no" }] })]);
  await run([{ ...clean, status: "busy", reason: "an up", layers: [] }]);
  expect(JSON.stringify(gitHub.issues)).toBe(before);
  expect(said()).toEqual([]);
});

test("what is accepted, or below the level, is no drift", async () => {
  const accepted = looked("preview", {
    findings: [{ ...index, accepted: { reason: "known", expires: "2030-12-31" } }],
  });
  await run([accepted]);
  expect(await run([accepted])).toEqual([]);
  expect(gitHub.issues).toEqual([]);
});

test("a stack that is gone takes its issue with it; another job's stacks are another job's", async () => {
  await run([drifted], { all: ["preview", "dev"] });
  await run([drifted], { all: ["preview", "dev"] });
  expect(await run([looked("prod")], { all: ["prod"], scope: "production" })).toEqual([]);
  expect(await run([looked("dev")])).toEqual([]);
  expect(only().state).toBe("open");
  expect(await run([looked("dev")], { all: ["dev"] })).toEqual(["preview: closed issue 1: is gone"]);
});

test.each([
  ["a backend with other stacks", ["other"]],
  ["an empty backend", []],
])("%s closes no issue, and the run says why it stays", async (_, all) => {
  await run([drifted]);
  await run([drifted]);
  const lines = await run(
    all.map((name) => looked(name)),
    { all },
  );
  expect(only().state).toBe("open");
  expect(lines).toEqual([expect.stringMatching(/^preview: issue 1 stays open: .* Close it by hand/)]);
});

test("a stack that no earlier run looked at is not known to be gone", async () => {
  await run([drifted, looked("dev")]);
  await run([drifted, looked("dev")]);
  history = history
    .split("\n")
    .filter((line) => line.includes('"dev"'))
    .join("\n")
    .concat("\n");
  const lines = await run([looked("dev")], { all: ["dev"] });
  expect(lines).toEqual([expect.stringContaining("no earlier run looked at it")]);
  expect(only().state).toBe("open");
});

test("an issue somebody closed as not planned opens again only for something new", async () => {
  await run([drifted]);
  await run([drifted]);
  Object.assign(only(), { state: "closed", state_reason: "not_planned" });
  expect(await run([drifted])).toEqual([]);
  expect(only().state).toBe("closed");
  await run([looked("preview", { findings: [index, policy] })]);
  expect(only().state).toBe("open");
});

test("one issue for each stack, found among many, and never somebody else's", async () => {
  const body = `<!-- tailfire-drift previews/preview -->\n${markdownReport(report([drifted]))}`;
  const other = { title: "x", body, state: "open", state_reason: null, labels: [{ name: "drift" }] } as const;
  const people = { login: "ann", type: "User" };
  for (let number = 1; number <= 120; number++)
    gitHub.issues.push({ ...other, labels: [...other.labels], number, user: people });
  const pull = {
    ...other,
    labels: [...other.labels],
    number: 121,
    user: { login: "bot", type: "Bot" },
    pull_request: {},
  };
  gitHub.issues.push(pull);
  const untouched = JSON.stringify(gitHub.issues);
  const second = looked("preview-pr-2", { findings: [policy] });
  for (let times = 0; times < 3; times++) await run([drifted, second]);
  expect(gitHub.issues.slice(121).map(({ title }) => title)).toEqual(["Drift: preview", "Drift: preview-pr-2"]);
  expect(JSON.stringify(gitHub.issues.slice(0, 121))).toBe(untouched);
});

test("a machine user's token keeps one issue as well", async () => {
  await gitHub.stop();
  gitHub = await startGitHub({ user: "acme-machine" });
  for (let times = 0; times < 3; times++) await run([drifted]);
  expect(gitHub.issues).toHaveLength(1);
  await run([clean]);
  expect(only().state).toBe("closed");
});

test("an issue of thousands of findings fits, and a missing permission is named", async () => {
  const many = Array.from({ length: 9000 }, (_, at) => finding({ layer: "schema", object: `index public.i${at}` }));
  await run([looked("preview", { findings: many })]);
  await run([looked("preview", { findings: many })]);
  expect(only().body.length).toBeLessThanOrEqual(65_536);
  expect(only().body).toContain("left out here");
  await run([looked("preview", { findings: many })]);
  expect(said()).toEqual([]);
  await gitHub.stop();
  gitHub = await startGitHub({ permission: "read" });
  await expect(run([looked("preview", { findings: many })])).rejects.toThrow(/HTTP 403.*issues: write/s);
});
