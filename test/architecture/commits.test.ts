import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../support/run.ts";

const hook = ".githooks/commit-msg";
const folder = mkdtempSync(join(tmpdir(), "commit-subjects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the hook answers to a message; undefined where it lets it pass. */
function refusal(message: string): string | undefined {
  const file = join(folder, "message");
  writeFileSync(file, message);
  const { status, stderr } = spawnSync("sh", [join(root, hook), file], { encoding: "utf8" });
  return status === 0 ? undefined : stderr;
}

const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** Subjects of the commits after the one that added the hook; undefined where the history does not reach back to it. */
function subjectsSince(): string[] | undefined {
  if (git("rev-parse", "--is-shallow-repository") === "true") return undefined;
  const added = git("log", "--diff-filter=A", "--format=%H", "--", hook).split("\n").at(-1);
  return added ? git("log", "--format=%s", `${added}..HEAD`).split("\n").filter(Boolean) : undefined;
}

test("subjects of commits name the area first, within 72 characters", () => {
  const subjects = subjectsSince();
  if (!subjects) console.log("no history here that reaches back to the commit of the hook: no subject was checked");
  expect((subjects ?? []).filter((subject) => refusal(subject))).toEqual([]);
});

test.each([
  ["runner: Refuse COPY FROM STDIN", undefined],
  ["drift, rotate: Act on their own resources", undefined],
  ["Refuse COPY FROM STDIN", /begins with its area/],
  [`runner: ${"x".repeat(70)}`, /78 characters/],
  ["# a comment\nrunner: Refuse it\n\nA body.", undefined],
])("%j", (message, answer) => {
  if (answer) expect(refusal(message)).toMatch(answer);
  else expect(refusal(message)).toBeUndefined();
});
