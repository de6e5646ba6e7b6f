import { afterEach, expect, test } from "vitest";
import { type GitHubStandIn, startGitHub } from "../../test/pull-requests/stand-in.ts";
import { commentText } from "../previews/comment.ts";
import type { CommentContent } from "../previews/comment-content.ts";
import { openPullRequests } from "./api.ts";
import { writeComment } from "./comments.ts";

const bodyOf = (content: CommentContent): string => commentText(content).body;

let gitHub: GitHubStandIn | undefined;
afterEach(() => gitHub?.stop());

const other = (id: number, body = "a person's words") => ({ id, issue: 7, body, user: { login: "ann", type: "User" } });

test("writes one comment and edits it, behind pages of others and a person who quotes it", async () => {
  gitHub = await startGitHub();
  gitHub.comments.push(...Array.from({ length: 250 }, (_, id) => other(id)), other(300, bodyOf({ number: 7 })));
  const first = await writeComment(gitHub, 7, bodyOf({ number: 7, removed: true }));
  const second = await writeComment(gitHub, 7, bodyOf({ number: 7, failure: "no" }));
  expect(second).toBe(first);
  expect(gitHub.comments.filter(({ user }) => user.type === "Bot")).toHaveLength(1);
  expect(gitHub.comments.at(-1)?.body).toContain("failed");
  expect(gitHub.comments.find(({ id }) => id === 300)?.user.type).toBe("User");
});

test("tries again what passes, and never posts twice when an answer is lost", async () => {
  gitHub = await startGitHub();
  gitHub.faults.push(502, 503);
  await writeComment(gitHub, 7, bodyOf({ number: 7 }));
  expect(gitHub.comments).toHaveLength(1);
  for (const lost of [true, false]) {
    gitHub.comments.length = 0;
    gitHub.faults.push(0, { status: 502, lost });
    await writeComment(gitHub, 7, bodyOf({ number: 7 }));
    expect(gitHub.comments).toHaveLength(1);
  }
});

test("a secondary limit is waited for as long as GitHub says, within bounds", { timeout: 20_000 }, async () => {
  gitHub = await startGitHub();
  const message = "You have exceeded a secondary rate limit";
  gitHub.faults.push(0, { status: 403, headers: { "retry-after": "1" }, message });
  const reset = String(Math.ceil(Date.now() / 1000) + 1);
  gitHub.faults.push({ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }, message });
  await writeComment(gitHub, 7, bodyOf({ number: 7 }));
  expect(gitHub.comments).toHaveLength(1);
  // One that says nothing is one minute long, and one of an hour is not waited for.
  for (const headers of [{}, { "retry-after": "3600" }] as Record<string, string>[]) {
    gitHub.faults.push({ status: 403, headers, message });
    const impatient = { ...gitHub, retryForMs: 5000 };
    await expect(writeComment(impatient, 7, "x")).rejects.toThrow(
      /HTTP 403 .*secondary.*run the job again in (60|3600) s/,
    );
  }
});

test("a machine user edits its own comment, and no other person's", async () => {
  gitHub = await startGitHub({ user: "acme-machine" });
  gitHub.comments.push(other(1, bodyOf({ number: 7 })));
  const first = await writeComment(gitHub, 7, bodyOf({ number: 7 }));
  expect(await writeComment(gitHub, 7, bodyOf({ number: 7, removed: true }))).toBe(first);
  expect(gitHub.comments.map(({ user }) => user.login)).toEqual(["ann", "acme-machine"]);
  expect(gitHub.comments.at(-1)?.body).toContain("removed");
});

test("names the permission that is missing", async () => {
  gitHub = await startGitHub({ permission: "read" });
  await expect(writeComment(gitHub, 7, "x")).rejects.toThrow(/HTTP 403 \(request REQ:1\).*pull-requests: write/s);
  await expect(writeComment({ ...gitHub, token: "wrong" }, 7, "x")).rejects.toThrow(/HTTP 401/);
});

test("says what a comment needs where the conversation is locked, the pull request deleted or the comment gone", async () => {
  gitHub = await startGitHub();
  const locked = "Unable to create comment because issue is locked.";
  for (const [fault, answer] of [
    [{ status: 403, message: locked }, /HTTP 403.*The conversation is locked/],
    [{ status: 410, message: "This issue was deleted" }, /HTTP 410.*It was deleted on GitHub/],
    [{ status: 404, message: "Not Found" }, /HTTP 404.*nothing of that number, or .*pull-requests: write/],
  ] as const) {
    gitHub.faults.push(0, fault);
    await expect(writeComment(gitHub, 7, "x")).rejects.toThrow(answer);
  }
  await writeComment(gitHub, 7, bodyOf({ number: 7 }));
  gitHub.faults.push(0, { status: 404, message: "Not Found" });
  await writeComment(gitHub, 7, bodyOf({ number: 7, removed: true }));
  expect(gitHub.comments.at(-1)?.body).toContain("removed");
});

test("counts open pull requests on every page", async () => {
  gitHub = await startGitHub();
  gitHub.open.push(...Array.from({ length: 230 }, (_, index) => index + 1));
  expect((await openPullRequests(gitHub)).size).toBe(230);
});
