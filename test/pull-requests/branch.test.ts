import { readFile, writeFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { localBackend } from "../../engine/backend.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { originOfCheckout, previewMark } from "../../operations/previews/mark.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { branchNameOf } from "../../operations/session/stack-names.ts";
import { withSql } from "../support/environment.ts";
import { place, test } from "../support/pair.ts";
import { type Finished, runTask } from "../support/run.ts";
import { startGitHub } from "./stand-in.ts";

const MINUTES = 60_000;
const mark = previewMark({ cloud: "local", dataDir: place.dataDir, origin: originOfCheckout() });
let cloud: LocalCloud;
let sharedRef: string;

test.beforeAll(async ({ pair }) => {
  const { stack, cloud: found } = await pair.open("preview");
  cloud = found;
  sharedRef = String((await stack.outputs()).ref?.value);
}, 5 * MINUTES);

const pr = (...args: string[]): Promise<Finished> => runTask("pr", args, { dataDir: place.dataDir });
const list = async (): Promise<unknown> => JSON.parse((await pr("list", "--json")).stdout).previews;

interface BranchBody {
  id: string;
  name: string;
  persistent: boolean;
  project_ref: string;
  is_default: boolean;
}

async function api(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${cloud.endpoint}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${organizationOf(cloud, "preview").token}`,
      "content-type": "application/json",
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function branches(): Promise<BranchBody[]> {
  const all = (await (await api("GET", `/v1/projects/${sharedRef}/branches`)).json()) as BranchBody[];
  return all.filter((branch) => !branch.is_default);
}

async function openPreview(number: number): Promise<EnvironmentStack> {
  return (await place.open(`preview-pr-${number}`, async () => ({}))).stack;
}

describe("isolation branch", { timeout: 3 * MINUTES }, () => {
  test("makes a branch that is a whole environment", async () => {
    const made = await pr("up", "3", "--isolation", "branch", "--json");
    expect(made.code, made.output).toBe(0);
    const document = JSON.parse(made.stdout);
    expect(document).toMatchObject({ isolation: "branch", catalog: "foreign", changed: true });
    const [branch, ...others] = await branches();
    expect(others).toEqual([]);
    expect(branch).toMatchObject({ name: branchNameOf(3, mark), project_ref: document.ref });
    const stack = await openPreview(3);
    const outputs = await stack.outputs();
    expect(outputs.databasePassword?.value).toBe("[secret]");
    expect(outputs.serviceRoleKey?.value).toBe("[secret]");
    expect(String(outputs.anonKey?.value)).toMatch(/^eyJ/);
    const rows = await withSql(stack, (sql) => sql`select count(*)::int as lines from catalog.cruise_lines`);
    expect(rows).toHaveLength(1);
    const auth = await (await api("GET", `/v1/projects/${document.ref}/config/auth`)).json();
    expect(auth).toMatchObject({ hook_custom_access_token_enabled: true });
  });

  test("is unchanged by another up, and listed", async () => {
    const over = await pr("up", "3", "--ttl", "0m");
    expect(over.stderr).toMatch(/would be over at once\. Nothing was changed/);
    const again = await pr("up", "3", "--json");
    expect(again.code, again.output).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ isolation: "branch", changed: false });
    expect(await list()).toMatchObject([
      { number: 3, state: "ready", projects: [{ name: branchNameOf(3, mark), recorded: true }] },
    ]);
  });

  test("is ready although GitHub takes no comment, and says so", async () => {
    const gitHub = await startGitHub();
    try {
      gitHub.faults.push(...Array.from({ length: 100 }, () => 502));
      const env = {
        GITHUB_API_URL: gitHub.apiUrl,
        GITHUB_REPOSITORY: gitHub.repository,
        GITHUB_TOKEN: gitHub.token,
        GITHUB_ACTIONS: "true",
        GITHUB_RUN_ID: "1",
      };
      const made = await runTask("pr", ["up", "3", "--comment"], { dataDir: place.dataDir, env });
      expect(made.code, made.output).toBe(0);
      expect(made.stderr).toMatch(/Pull request 3: no changes/);
      expect(made.stderr).toMatch(/^::warning::The comment could not be written: .* HTTP 502 \(request REQ:1\)/m);
      expect(gitHub.requests.length).toBeLessThan(10);
      const unset = await runTask("pr", ["up", "3", "--comment"], { dataDir: place.dataDir });
      expect(unset.code, unset.output).toBe(3);
    } finally {
      await gitHub.stop();
    }
  });

  test("a branch deleted past the stack is seen, and made again by the next up", async () => {
    const [branch] = await branches();
    expect((await api("DELETE", `/v1/branches/${branch?.id}`)).ok).toBe(true);
    expect(await list()).toMatchObject([{ number: 3, state: "incomplete" }]);
    const again = await pr("up", "3", "--json");
    expect(again.code, again.output).toBe(0);
    expect(await list()).toMatchObject([{ number: 3, state: "ready" }]);
  });

  test("prune removes a branch no stack knows, persistent or not, and no other", async () => {
    for (const [name, persistent] of [
      [branchNameOf(9, mark), true],
      [branchNameOf(9, "ffffffff"), false],
      ["preview-pr-9", false],
      ["feature", false],
    ] as const) {
      const body = { branch_name: name, git_branch: name, persistent };
      expect((await api("POST", `/v1/projects/${sharedRef}/branches`, body)).status).toBe(201);
    }
    const dry = await pr("prune", "--open", "3,9", "--grace", "0m", "--dry-run", "--json");
    expect(JSON.parse(dry.stdout).removed).toMatchObject([{ number: 9, reason: "no stack knows it" }]);
    expect((await pr("prune", "--open", "3,9", "--grace", "0m")).code).toBe(0);
    expect((await branches()).map(({ name }) => name).sort()).toEqual(
      ["feature", "preview-pr-9", branchNameOf(3, mark), branchNameOf(9, "ffffffff")].sort(),
    );
    for (const { id } of (await branches()).filter(({ name }) => name.startsWith("preview-pr-9")))
      expect((await api("DELETE", `/v1/branches/${id}?force=true`)).ok).toBe(true);
  });

  test("one made before there were marks is kept by up, and gets its mark by adopt", async () => {
    const [branch] = (await branches()).filter(({ name }) => name !== "feature");
    const { checkpoint } = localBackend(place.dataDir, "tailfire", "preview-pr-3");
    const state = await readFile(checkpoint, "utf8");
    await writeFile(checkpoint, state.replaceAll(`"${branchNameOf(3, mark)}"`, '"preview-pr-3"'));
    const unmarked = { branch_name: "preview-pr-3", git_branch: "preview-pr-3" };
    expect((await api("PATCH", `/v1/branches/${branch?.id}`, unmarked)).ok).toBe(true);
    expect((await pr("list")).stderr).toMatch(/#3 +ready .*\(unmarked, recorded by this state: yes\)/);
    const up = async () => JSON.parse((await pr("up", "3", "--json")).stdout);
    expect(await up()).toMatchObject({ changed: false });
    const adopted = await pr("adopt", "3", "--json");
    expect(adopted.code, adopted.output).toBe(0);
    expect(JSON.parse(adopted.stdout).renamed).toEqual([{ from: "preview-pr-3", to: branchNameOf(3, mark) }]);
    expect((await branches()).map(({ name }) => name)).toContain(branchNameOf(3, mark));
    expect(await up()).toMatchObject({ changed: false });
  });

  test("a preview can change from a branch to a database, and down leaves nothing", async () => {
    const moved = await pr("up", "3", "--isolation", "database", "--json");
    expect(moved.code, moved.output).toBe(0);
    expect(JSON.parse(moved.stdout).replaced).toMatch(/from branch to database/);
    expect(moved.stderr).toMatch(/Removed first, with what was tried in it: [0-9a-f-]{36}/);
    expect((await branches()).map(({ name }) => name)).toEqual(["feature"]);
    expect((await pr("down", "3")).code).toBe(0);
    expect(await list()).toEqual([]);
  });

  test("prune removes an expired one, though its pull request is open", async () => {
    const made = await pr("up", "4", "--isolation", "branch", "--json");
    expect(made.code, made.output).toBe(0);
    // Time passes: seven days are taken from what the stack remembers.
    const file = localBackend(place.dataDir, "tailfire", "preview-pr-4").checkpoint;
    const state = await readFile(file, "utf8");
    await writeFile(file, state.replaceAll(JSON.parse(made.stdout).expiresAt, "2026-01-01T00:00:00.000Z"));
    expect(await list()).toMatchObject([{ number: 4, state: "expired" }]);
    const pruned = await pr("prune", "--open", "4", "--json");
    expect(JSON.parse(pruned.stdout)).toMatchObject({
      removed: [{ number: 4, reason: "it expired on 2026-01-01T00:00:00.000Z" }],
      failed: [],
    });
    expect((await branches()).map(({ name }) => name)).toEqual(["feature"]);
    expect(await list()).toEqual([]);
  });
});
