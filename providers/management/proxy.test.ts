import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { directFetch } from "../../local/direct.ts";
import { type FlakyFront, openFlakyFront } from "../../test/supabase/flaky-front.ts";
import { type HttpProxy, openHttpProxy } from "../../test/support/http-proxy.ts";
import { exchange } from "./exchange.ts";
import { proxyOf } from "./proxy.ts";

const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
const request = { method: "GET", path: "/v1/projects", timeoutMs: 5_000 } as const;
const far = { endpoint: "http://management.test", token: "sbp_proxied" };

let front: FlakyFront;
let proxy: HttpProxy;
beforeAll(async () => {
  front = await openFlakyFront({ behind: "http://127.0.0.1:1", fate: () => ({ status: 200, body: "[]" }) });
  proxy = await openHttpProxy((target) => (target.startsWith("refused") ? 407 : new URL(front.endpoint)));
});
afterAll(async () => {
  await proxy.close();
  await front.close();
});
beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const ask = async (endpoint: string) => {
  const before = proxy.asked.length;
  const { status, text } = await exchange({ ...far, endpoint }, request);
  return { status, text, asked: proxy.asked.slice(before) };
};

test.each(["HTTP_PROXY", "http_proxy"])("%s is honoured, user and password included", async (name) => {
  vi.stubEnv(name, `http://me:p%40ss@${proxy.host}`);
  expect(await ask(`${far.endpoint}:8080`)).toEqual({ status: 200, text: "[]", asked: ["management.test:8080"] });
  expect(proxy.credentials()).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
});

test.each(["HTTPS_PROXY", "https_proxy"])(
  "%s is asked for a tunnel to https, and what it refuses is said",
  async (name) => {
    vi.stubEnv(name, `http://me:hush-proxy@${proxy.host}`);
    const { status, text, asked } = await ask("https://refused.test");
    expect({ status, asked }).toEqual({ status: 0, asked: ["refused.test:443"] });
    expect(text).toMatch(/407.*through the proxy 127\.0\.0\.1:\d+/);
    expect(text).not.toContain("hush");
  },
);

test("this machine is never asked for through a proxy", async () => {
  for (const name of VARIABLES.slice(0, 4)) vi.stubEnv(name, `http://${proxy.host}`);
  expect(await ask(front.endpoint)).toEqual({ status: 200, text: "[]", asked: [] });
  for (const host of ["localhost", "127.9.8.7", "[::1]"])
    expect(proxyOf(new URL(`https://${host}:8443`))).toBeUndefined();
});

test("nor where Node itself is told to use the proxies of the environment", async () => {
  // What NODE_USE_ENV_PROXY makes of Node's own fetch, in a version that knows it.
  const before = getGlobalDispatcher();
  setGlobalDispatcher(new ProxyAgent(`http://${proxy.host}`));
  try {
    const asked = proxy.asked.length;
    await fetch(front.endpoint);
    expect(proxy.asked.slice(asked)).toEqual([new URL(front.endpoint).host]);
    vi.stubEnv("NODE_USE_ENV_PROXY", "1");
    expect(await ask(front.endpoint)).toEqual({ status: 200, text: "[]", asked: [] });
    expect((await (await directFetch())(front.endpoint)).status).toBe(200);
    expect(proxy.asked.length).toBe(asked + 1);
  } finally {
    setGlobalDispatcher(before);
  }
});

const EXCEPTIONS = [
  ["", true],
  ["*", false],
  ["supabase.com", false],
  [".supabase.com", false],
  ["other.test, API.supabase.com", false],
  ["api.supabase.com:443", false],
  ["api.supabase.com:8443", true],
  ["base.com", true],
  ["api.supabase.co", true],
] as const;

test.each(EXCEPTIONS)("NO_PROXY=%s leaves the proxy in use: %s, as curl has it", async (list, used) => {
  vi.stubEnv("NO_PROXY", list);
  vi.stubEnv("HTTPS_PROXY", `http://${proxy.host}`);
  expect(proxyOf(new URL("https://api.supabase.com/v1"))?.host).toBe(used ? proxy.host : undefined);
});

test("a tool that we did not make finds the same proxy under the same names", async () => {
  vi.stubEnv("http_proxy", `http://me:p%40ss@${proxy.host}`);
  const curl = (...more: string[]) =>
    promisify(execFile)("curl", ["-s", "--proxytunnel", "-m", "5", ...more, "http://management.test/v1/projects"]);
  const before = proxy.asked.length;
  expect((await curl()).stdout).toBe("[]");
  expect(proxy.asked.slice(before)).toEqual(["management.test:80"]);
  expect(proxy.credentials()).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  vi.stubEnv("NO_PROXY", "test");
  await expect(curl()).rejects.toMatchObject({ code: 6 });
  expect(proxy.asked.slice(before)).toHaveLength(1);
});

test("what is no HTTP proxy is refused without its text", async () => {
  vi.stubEnv("HTTP_PROXY", "socks5://me:hush@127.0.0.1:1080");
  const { status, text } = await ask(far.endpoint);
  expect(status).toBe(0);
  expect(text).toMatch(/not the address of an HTTP proxy/);
  expect(text).not.toContain("hush");
});
