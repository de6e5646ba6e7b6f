import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkWith } from "../host/check.ts";
import { projectInputs, waitMilliseconds } from "./declarations/project.ts";
import { parseSettings } from "./settings.ts";

beforeEach(() => {
  vi.stubEnv("SUPABASE_ACCESS_TOKEN", undefined);
  vi.stubEnv("SUPABASE_API_ENDPOINT", undefined);
});
afterEach(() => vi.unstubAllEnvs());

test("configuration goes before the environment, the environment before the hosted platform", () => {
  vi.stubEnv("SUPABASE_ACCESS_TOKEN", "from-environment");
  expect(parseSettings({}).config).toEqual({
    accessToken: "from-environment",
    endpoint: "https://api.supabase.com",
  });
  vi.stubEnv("SUPABASE_API_ENDPOINT", "http://127.9.8.7:1234/");
  const given = { accessToken: "from-configuration" };
  expect(parseSettings(given).config).toEqual({ ...given, endpoint: "http://127.9.8.7:1234" });
});

test.each([
  "http://api.example.com",
  "http://127.0.0.1.example.com",
  "http://10.0.0.1",
  "ftp://127.0.0.1",
  "https://user:pass@example.com",
  "nonsense",
])("endpoint %s is refused, together with a missing token", (endpoint) => {
  const { config, failures } = parseSettings({ endpoint });
  expect(config).toBeUndefined();
  expect(failures.map((failure) => failure.property)).toEqual(["accessToken", "endpoint"]);
});

test.each(["http://127.1.2.3:80", "http://localhost:5", "http://[::1]:5", "https://api.example.com"])(
  "endpoint %s is accepted",
  (endpoint) => expect(parseSettings({ endpoint, accessToken: "token" }).config?.endpoint).toBe(endpoint),
);

test("all problems of the inputs are reported at once, and unknown values are not judged", () => {
  const wrong = { organizationId: "a b", name: " ", databasePassword: "abc", region: "atlantis-1", colour: "red" };
  const timeouts = { create: "soon" };
  const { failures } = checkWith(projectInputs, { ...wrong, instanceSize: "huge", timeouts }, new Set());
  expect(failures.map((failure) => failure.property).sort()).toEqual([
    "",
    "databasePassword",
    "instanceSize",
    "name",
    "organizationId",
    "region",
    "timeouts.create",
  ]);
  expect(JSON.stringify(failures)).not.toContain('"abc"');
  const known = { name: "one", region: "ca-central-1", databasePassword: "long enough", organizationId: "?" };
  expect(checkWith(projectInputs, known, new Set(["organizationId"])).failures).toEqual([]);
});

test("how long to wait", () => {
  const timeouts = { create: "1h2m3s", update: "90s" };
  expect(waitMilliseconds({ customSeconds: 0, timeouts, operation: "create" })).toBe(3_723_000);
  expect(waitMilliseconds({ customSeconds: 0, timeouts, operation: "update" })).toBe(90_000);
  expect(waitMilliseconds({ customSeconds: 5, timeouts, operation: "create" })).toBe(5_000);
  expect(waitMilliseconds({ customSeconds: 0, timeouts: undefined, operation: "create" })).toBe(900_000);
});
