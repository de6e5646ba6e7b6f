import { afterEach, expect, test } from "vitest";
import { type GitHubStandIn, startGitHub } from "../../test/pull-requests/stand-in.ts";
import { commentBody } from "../previews/comment.ts";
import { openPullRequests, writeComment } from "./api.ts";

let gitHub: GitHubStandIn | undefined;
afterEach(() => gitHub?.stop());

const other = (id: number, body = "a person's words") => ({ id, issue: 7, body, user: { login: "ann", type: "User" } });

test("writes one comment and edits it, behind pages of others and a person who quotes it", async () => {
  gitHub = await startGitHub();
  gitHub.comments.push(...Array.from({ length: 250 }, (_, id) => other(id)), other(300, commentBody({ number: 7 })));
  const first = await writeComment(gitHub, 7, commentBody({ number: 7, removed: true }));
  const second = await writeComment(gitHub, 7, commentBody({ number: 7, failure: "no" }));
  expect(second).toBe(first);
  expect(gitHub.comments.filter(({ user }) => user.type === "Bot")).toHaveLength(1);
  expect(gitHub.comments.at(-1)?.body).toContain("failed");
  expect(gitHub.comments.find(({ id }) => id === 300)?.user.type).toBe("User");
});

test("tries again what passes, and never posts twice when an answer is lost", async () => {
  gitHub = await startGitHub();
  gitHub.faults.push(502, 503);
  await writeComment(gitHub, 7, commentBody({ number: 7 }));
  expect(gitHub.comments).toHaveLength(1);
  gitHub.comments.length = 0;
  gitHub.faults.push(0, 502);
  await expect(writeComment(gitHub, 7, commentBody({ number: 7 }))).rejects.toThrow(/HTTP 502/);
  expect(gitHub.requests.filter((line) => line.startsWith("POST"))).toHaveLength(2);
});

test("names the permission that is missing", async () => {
  gitHub = await startGitHub({ permission: "read" });
  await expect(writeComment(gitHub, 7, "x")).rejects.toThrow(/HTTP 403 \(request REQ:1\).*pull-requests: write/s);
  await expect(writeComment({ ...gitHub, token: "wrong" }, 7, "x")).rejects.toThrow(/HTTP 401/);
});

test("counts open pull requests on every page", async () => {
  gitHub = await startGitHub();
  gitHub.open.push(...Array.from({ length: 230 }, (_, index) => index + 1));
  expect((await openPullRequests(gitHub)).size).toBe(230);
});
