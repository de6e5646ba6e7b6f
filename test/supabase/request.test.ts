import { afterEach, expect, test } from "vitest";
import { ApiError } from "../../providers/management/error.ts";
import { ManagementApi } from "../../providers/supabase/management-api.ts";
import { type Fate, type FlakyFront, openFlakyFront } from "./flaky-front.ts";

const REF = "abcdefghijklmnopqrst";
const TOKEN = "sbp_trial-token";
const json = (status: number, body: unknown, headers = {}): Fate => ({ status, headers, body: JSON.stringify(body) });

let front: FlakyFront;
afterEach(() => front.close());

async function open(fate: (line: string, nth: number) => Fate, signal = new AbortController().signal) {
  front = await openFlakyFront({ behind: "http://127.0.0.1:1", fate });
  return new ManagementApi({ settings: { accessToken: TOKEN, endpoint: front.endpoint }, signal });
}

const newProject = { name: "one", organizationSlug: "org", region: "ca-central-1", databasePassword: "hush-password" };

test.each<[string, Fate]>([
  ["a broken connection", "reset"],
  ["502", json(502, { message: "bad gateway" })],
  ["a page of a proxy", { status: 503, body: "<html>\nno\n</html>" }],
])("%s is survived by reading, renaming and deleting", async (_, trouble) => {
  const api = await open((_line, nth) => (nth < 3 ? trouble : json(200, { ref: REF })));
  expect(await api.getProject(REF)).toEqual({ ref: REF });
  await api.renameProject(REF, "two");
  await api.deleteProject(REF);
  expect(front.seen.map((one) => one.line.split(" ")[0])).toEqual([
    ...["GET", "GET", "GET"],
    ...["PATCH", "PATCH", "PATCH"],
    ...["DELETE", "DELETE", "DELETE"],
  ]);
});

test("Retry-After is waited for, in seconds and as a date", async () => {
  const date = () => new Date(Date.now() + 2000).toUTCString();
  const api = await open((_line, nth) => {
    if (nth === 1) return json(429, { message: "slow down" }, { "retry-after": "1" });
    return nth === 2 ? json(429, {}, { "retry-after": date() }) : json(200, []);
  });
  expect(await api.listProjects()).toEqual([]);
  const [first = 0, second = 0, third = 0] = front.seen.map((one) => one.at);
  expect(second - first).toBeGreaterThanOrEqual(990);
  expect(third - second).toBeGreaterThanOrEqual(900);
});

test("a Retry-After beyond the deadline is not waited for", async () => {
  const api = await open(() => json(429, { message: "Rate limit exceeded" }, { "retry-after": "3600" }));
  await expect(api.listProjects()).rejects.toThrow(/429 Rate limit exceeded\. .*wait a minute/);
  expect(front.seen).toHaveLength(1);
});

test("a create is sent once when the outcome is open, and again when it was refused for its rate", async () => {
  const failing = await open(() => json(503, { message: "unavailable" }));
  await expect(failing.createProject(newProject)).rejects.toThrow(/\[POST\] \/v1\/projects: 503 unavailable/);
  expect(front.seen).toHaveLength(1);
  await front.close();
  const busy = await open((_line, nth) => (nth === 1 ? json(429, {}) : json(201, { ref: REF })));
  expect(await busy.createProject(newProject)).toEqual({ ref: REF });
});

test("an error names request, answer, request id and next step, and no secret", async () => {
  const answer = { message: `refused: ${newProject.databasePassword} from ${TOKEN}` };
  const api = await open(() => json(422, answer, { "x-request-id": "req-7" }));
  const failure = await api.createProject(newProject).catch((error: unknown) => error);
  expect(String(failure)).toBe(
    "ApiError: [POST] /v1/projects: 422 refused: [secret] from [secret] (request id req-7). " +
      "Correct what it names, then run again.",
  );
  await front.close();
  const limited = await open(() => json(400, { message: "free plan: project limit reached" }));
  await expect(limited.createProject(newProject)).rejects.toThrow(/The plan of the organization does not allow this/);
});

test("a redirect is not followed, and what is not JSON is said so", async () => {
  const api = await open((line) =>
    line.startsWith("GET") ? { status: 200, body: "<html>" } : { status: 307, headers: { location: "/elsewhere" } },
  );
  await expect(api.listProjects()).rejects.toThrow(/not JSON.*supabase:endpoint/);
  await expect(api.createProject(newProject)).rejects.toThrow(ApiError);
  expect(front.seen.map((one) => one.line)).toEqual(["GET /v1/projects", "POST /v1/projects"]);
});

test("an API that does not answer ends in an error, and cancelling ends the tries", async () => {
  const cancel = new AbortController();
  const api = await open(() => "reset", cancel.signal);
  setTimeout(() => cancel.abort(new Error("cancelled by the user")), 300);
  await expect(api.listProjects()).rejects.toThrow(/cancel|abort/i);
  const tries = front.seen.length;
  expect(tries).toBeLessThan(6);
  const stranger = new ManagementApi({
    settings: { accessToken: TOKEN, endpoint: "http://127.0.0.1:1" },
    signal: new AbortController().signal,
  });
  await expect(stranger.createProject(newProject)).rejects.toThrow(
    /\[POST\] \/v1\/projects: no answer: .*Check the network/,
  );
});
