import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestCloud, type Reply, type TestCloud } from "../../test/support/local-cloud.ts";
import { setRateLimit } from "../cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await openTestCloud();
});

afterAll(() => cloud.close());

const body = (name: string) => ({ name, db_pass: "long-password", organization_slug: cloud.organization(0).slug });
const create = (name: string) => cloud.request({ method: "POST", path: "/v1/projects", body: body(name) });
const named = async (name: string) =>
  (await cloud.request({ path: "/v1/projects" })).body.filter((one: { name: string }) => one.name === name);

/** Calls until it succeeds; what the calls before that ended with. */
async function untilSuccess(call: () => Promise<Reply>): Promise<{ failures: (number | "broken")[]; reply: Reply }> {
  const failures: (number | "broken")[] = [];
  for (let round = 0; round < 10; round++) {
    const reply = await call().catch(() => undefined);
    if (reply && reply.status < 400) return { failures, reply };
    failures.push(reply?.status ?? "broken");
  }
  throw new Error(`no success after ${failures.join(", ")}`);
}

describe("faults of calls", () => {
  test.each([
    ["fault-429-2x", [429, 429], 1],
    ["fault-500", [500], 1],
    ["fault-reset", ["broken"], 1],
    ["fault-lost-answer", ["broken"], 2],
  ] as const)("%s meets the creation and each later operation", async (name, failures, projects) => {
    const made = await untilSuccess(() => create(name));
    expect(made.failures).toEqual(failures);
    expect(await named(name)).toHaveLength(projects);
    const path = `/v1/projects/${made.reply.body.ref}`;
    const read = await untilSuccess(() => cloud.request({ path }));
    expect(read.failures).toEqual(name === "fault-lost-answer" ? [] : failures);
    const again = await untilSuccess(() => cloud.request({ path }));
    expect(again.failures).toEqual([]);
  });

  test("create-timeout makes the project at once and answers late", async () => {
    const answer = create("fault-create-timeout-2s");
    await expect.poll(async () => (await named("fault-create-timeout-2s")).length, { timeout: 1_500 }).toBe(1);
    const began = performance.now();
    expect((await answer).status).toBe(201);
    expect(performance.now() - began).toBeGreaterThan(200);
  });

  test("429 says when to come back", async () => {
    const headers = { authorization: `Bearer ${cloud.organization(0).token}`, "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(body("fault-429 header")) };
    const reply = await fetch(`${cloud.cloud.endpoint}/v1/projects`, request);
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, "1"]);
  });
});

test("the rate limit counts for each token, blocks the next minute and says so in headers", async () => {
  const get = async (index: number) => {
    const headers = { authorization: `Bearer ${cloud.organization(index).token}` };
    return fetch(`${cloud.cloud.endpoint}/v1/organizations`, { headers });
  };
  expect((await get(1)).headers.get("x-ratelimit-limit")).toBeNull();
  await setRateLimit({ dataDir: cloud.dataDir, perMinute: 3 });
  try {
    const replies = [await get(1), await get(1), await get(1), await get(1)];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(replies.map(({ headers }) => headers.get("x-ratelimit-remaining"))).toEqual(["2", "1", "0", "0"]);
    expect(replies[0]?.headers.get("x-ratelimit-limit")).toBe("3");
    expect(Number(replies[3]?.headers.get("retry-after"))).toBeGreaterThan(55);
    expect(await replies[3]?.json()).toEqual({ message: "ThrottlerException: Too Many Requests" });
    expect((await get(0)).status).toBe(200);
  } finally {
    await setRateLimit({ dataDir: cloud.dataDir, perMinute: 0 });
  }
});
