import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFlakyFront } from "../../test/supabase/flaky-front.ts";
import { ManagementApi } from "../supabase/management-api.ts";
import { RateLimit } from "./rate-limit.ts";

const open = () => new AbortController().signal;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

test("a minute holds no more requests than allowed, and the next one waits for the first to be a minute old", async () => {
  const limit = new RateLimit(3);
  for (let nth = 0; nth < 3; nth++) await limit.take(open());
  vi.setSystemTime(Date.now() + 59_800);
  const began = performance.now();
  await limit.take(open());
  expect(performance.now() - began).toBeGreaterThan(150);
  vi.setSystemTime(Date.now() + 61_000);
  const again = performance.now();
  for (let nth = 0; nth < 3; nth++) await limit.take(open());
  expect(performance.now() - again).toBeLessThan(100);
});

test("waiting ends when the user cancels", async () => {
  const limit = new RateLimit(1);
  await limit.take(open());
  await expect(limit.take(AbortSignal.timeout(50))).rejects.toThrow(/abort/i);
});

test("a Retry-After holds all callers back, also who was not refused", async () => {
  vi.useRealTimers();
  const front = await openFlakyFront({
    behind: "http://127.0.0.1:1",
    fate: (line, nth) =>
      line === "GET /v1/projects" && nth === 1
        ? { status: 429, headers: { "retry-after": "1" }, body: "{}" }
        : { status: 200, body: "[]" },
  });
  try {
    const api = new ManagementApi({ settings: { accessToken: "sbp_held", endpoint: front.endpoint }, signal: open() });
    const refused = api.listProjects();
    while (front.seen.length === 0) await sleep(5);
    await sleep(50);
    await Promise.all([refused, api.listOrganizations()]);
    const [first, ...others] = front.seen.map(({ at }) => at);
    expect(others).toHaveLength(2);
    expect(Math.min(...others) - (first ?? 0)).toBeGreaterThan(900);
  } finally {
    await front.close();
  }
});

test("reads of one address share an answer, but never one from before a write", async () => {
  vi.useRealTimers();
  const front = await openFlakyFront({ behind: "http://127.0.0.1:1", fate: () => ({ status: 200, body: "[]" }) });
  try {
    const signal = open();
    const settings = { accessToken: "sbp_shared", endpoint: front.endpoint };
    const [one, two] = [1, 2].map(() => new ManagementApi({ settings, signal }));
    await Promise.all([one?.listProjects(), two?.listProjects(), one?.listOrganizations()]);
    expect(front.seen.map(({ line }) => line).sort()).toEqual(["GET /v1/organizations", "GET /v1/projects"]);
    const early = one?.listProjects();
    await two?.renameProject("abcdefghijklmnopqrst", "renamed");
    await two?.listProjects();
    await early;
    const elsewhere = new ManagementApi({ settings, signal: open() });
    await Promise.all([one?.listProjects(), elsewhere.listProjects()]);
    expect(front.seen.filter(({ line }) => line === "GET /v1/projects").length).toBeGreaterThanOrEqual(4);
  } finally {
    await front.close();
  }
});
