import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** Rooms that speak HTTP of their own: the other side of it, tests, measurements, GitHub, and the one client. */
const OWN = ["local/", "test/", "bench/", "operations/github/", "providers/management/"];
/** Files that speak of the hosted Management API where they do not call it. */
const DESCRIBES = ["local/contract.ts"];

const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && !file.includes(".test.") && !file.startsWith("docs/"));
const read = (file: string) => readFileSync(join(root, file), "utf8");

const sendsHttp = (text: string) => /\bfetch\s*\(|globalThis\.fetch|["'](node:https?|node:http2|undici)["']/.test(text);

test("only the client of the Management API sends HTTP", () => {
  const others = sources.filter((file) => !OWN.some((room) => file.startsWith(room)));
  expect(others.length).toBeGreaterThan(200);
  expect(others.filter((file) => sendsHttp(read(file)))).toEqual([]);
});

test("inside the client one file sends, and one leads through a proxy", () => {
  const client = sources.filter((file) => file.startsWith("providers/management/"));
  expect(client.filter((file) => sendsHttp(read(file)))).toEqual(["providers/management/proxy.ts"]);
  const naming = client.filter((file) => /\bfetch\b/.test(read(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "")));
  expect(naming.sort()).toEqual(["providers/management/exchange.ts", "providers/management/proxy.ts"]);
});

test("the address of the hosted platform has one owner", () => {
  const naming = sources.filter((file) => read(file).includes("https://api.supabase.com"));
  const outside = naming.filter((file) => !file.startsWith("test/") && !DESCRIBES.includes(file));
  expect(outside).toEqual(["providers/management/access.ts"]);
});

test("what sends is found", () => {
  expect(sendsHttp("const answer = await fetch(url);")).toBe(true);
  expect(sendsHttp('import { request } from "node:https";')).toBe(true);
  expect(sendsHttp("prefetch(url); api.fetched();")).toBe(false);
});
