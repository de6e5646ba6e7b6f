import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callCommand } from "../test/support/command.ts";
import { root } from "../test/support/run.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const tasks = Object.values(scripts).flatMap((line) => / --run (?!test(?::|$))(\S+)/.exec(line)?.[1] ?? []);

/** Command lines that lack something, for each command that needs anything. */
const lacking: Record<string, string[][]> = {
  up: [[]],
  preview: [[]],
  refresh: [[]],
  destroy: [[]],
  rotate: [[]],
  env: [[]],
  "hand-off-key": [[]],
  local: [[], ["reset"]],
  pr: [[], ["up"], ["down"], ["plan"]],
  release: [[], ["back"], ["apply"], ["back", "some-point"]],
  bench: [[]],
  campaign: [[]],
  drift: [[]],
  // Without a variable that names the database.
  "db-migrate": [[]],
  "db-status": [[]],
  "db-baseline": [[]],
  "db-repair": [[]],
  "db-reset": [[]],
  "db-seed": [[]],
};
/** Those that answer without a JSON document. */
const noJson = ["start", "db-check", "db-docs", "db-generate", "campaign", "verify-hosted"];
const needNothing = ["start", "doctor", "db-check", "db-docs", "db-generate", "db-lint", "verify-hosted"];
/** Those that take any number of words. */
const takeMany = ["drift", "db-lint", "db-generate"];

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "every-command-"));
  vi.stubEnv("TAILFIRE_DATA_DIR", dataDir);
  for (const name of ["MIGRATE_URL", "DIRECT_URL", "SESSION_URL"]) vi.stubEnv(name, undefined);
});
afterAll(() => {
  vi.unstubAllEnvs();
  // Nothing that is refused for its command line leaves a trace.
  expect(readdirSync(dataDir)).toEqual([]);
  rmSync(dataDir, { recursive: true, force: true });
});

const databaseTasks = ["db-migrate", "db-status", "db-baseline", "db-repair", "db-reset", "db-seed"];
const noEnvFile = (task: string) => (databaseTasks.includes(task) ? ["--env-file", join(dataDir, "none")] : []);
const without = (left: readonly string[]) => tasks.filter((task) => !left.includes(task));
/** Words that make a command line complete, so that the only thing wrong is what is tried. */
const words: Record<string, string[]> = {
  ...Object.fromEntries(["up", "preview", "refresh", "destroy", "rotate", "env"].map((task) => [task, ["prod"]])),
  "hand-off-key": ["file"],
  local: ["status"],
  pr: ["list"],
  release: ["plan"],
  bench: ["up"],
  campaign: ["faults"],
  drift: ["prod"],
};

test("every command of package.json is in one of the tables", () => {
  expect([...Object.keys(lacking), ...needNothing].sort()).toEqual([...tasks].sort());
});

describe.each(tasks)("%s", (task) => {
  test.each(["-h", "--help"])("%s is answered on stdout, whatever else is said", async (help) => {
    const { code, stdout, stderr } = await callCommand(task, ["--frob", ...(words[task] ?? []), help]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: npm (run )?[\w:]+/m);
    expect(stdout).toMatch(/^ {2}-h, --help {14}this text$/m);
    expect(stdout).toMatch(/^Exit codes: 0 .*, 1 .*, 2 wrong usage.*\.\n$/m);
  });

  test("an option it does not have is wrong usage, said in two lines", async () => {
    const { code, stdout, stderr } = await callCommand(task, [...(words[task] ?? []), "--frob"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Unknown option '--frob'\nnpm run [\w:-]+ -- --help says how it is called\.\n$/);
  });
});

test.each(without(takeMany))("%s refuses words it does not understand", async (task) => {
  const { code, stdout, stderr } = await callCommand(task, [...(words[task] ?? []), "these", "words"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/(these )?words/);
});

test.each(Object.entries(lacking).flatMap(([task, lines]) => lines.map((line) => [task, line] as const)))(
  "%s %j lacks something, which is wrong usage",
  async (task, args) => {
    const { code, stdout, stderr } = await callCommand(task, [...args, ...noEnvFile(task)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^npm run [\w:-]+ -- --help says how it is called\.$/m);
    expect(stderr).not.toMatch(/^ +at /m);
  },
);

describe("--json", () => {
  test.each(noJson)("%s has none", async (task) => {
    expect((await callCommand(task, ["--help"])).stdout).not.toContain("--json");
  });

  test.each(without(noJson))("%s: a failure is one document on stdout", async (task) => {
    expect((await callCommand(task, ["--help"])).stdout).toContain("--json ");
    const { code, stdout, stderr } = await callCommand(task, [...(words[task] ?? []), "--frob", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "usage", message: "Unknown option '--frob'" } });
    expect(stderr).toContain("Unknown option '--frob'");
  });

  test.each(databaseTasks)("%s: so is a database that cannot be reached", async (task) => {
    vi.stubEnv("MIGRATE_URL", "postgres://postgres:hunter2@127.0.0.1:1/postgres");
    const called = await callCommand(task, ["--json", "--yes"]);
    vi.stubEnv("MIGRATE_URL", undefined);
    expect(called.code, called.stderr).toBe(1);
    const { error } = JSON.parse(called.stdout);
    expect(error).toMatchObject({ code: expect.any(String), message: expect.stringContaining("ECONNREFUSED") });
    expect(called.stderr).not.toMatch(/^ +at /m);
    expect(called.stdout + called.stderr).not.toContain("hunter2");
  });
});

test.each([
  ["local", ["strat"], /There is no "strat": did you mean start\?/],
  ["pr", ["dwon", "7"], /did you mean down\?/],
  ["release", ["paln"], /did you mean plan\?/],
  ["bench", ["snapshto"], /did you mean snapshot\?/],
  ["up", ["prod", "--clod", "local"], /Unknown option '--clod': did you mean --cloud\?/],
  ["pr", ["zebra"], /There is no "zebra"\. It takes one of: up, down/],
  ["bench", ["up", "--tables", "3"], /bench up takes \[--rounds 7\], not --tables/],
  ["bench", ["up", "--rounds", "many"], /--rounds takes a whole number from 0 on, not "many"/],
  ["campaign", ["faults", "--rounds", "0"], /--rounds takes a whole number from 1 on, not "0"/],
  ["doctor", ["--cloud", "hosted"], /Which stack\? --cloud is for one/],
  ["up", ["prod", "--cloud"], /'--cloud <value>' argument missing/],
  ["pr", ["up", "0x1"], /"0x1" is not the number of a pull request/],
  ["db-migrate", ["--lock-wait", "soon"], /--lock-wait takes a whole number from 0 on, not "soon"/],
])("%s %j says what is meant", async (task, args, message) => {
  vi.stubEnv("MIGRATE_URL", "postgres://postgres@127.0.0.1:1/postgres");
  const { code, stdout, stderr } = await callCommand(task, args);
  vi.stubEnv("MIGRATE_URL", undefined);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});
