import { expect, test } from "vitest";
import { sources, textOf } from "./sources.ts";

/** Rooms that speak HTTP of their own: the other side of it, tests, measurements, GitHub, and the one client. */
const OWN = ["local/", "test/", "bench/", "operations/github/", "providers/management/"];
const product = sources.filter((file) => !file.includes(".test."));

const sendsHttp = (text: string) => /\bfetch\s*\(|globalThis\.fetch|["'](node:https?|node:http2|undici)["']/.test(text);

test("only the client of the Management API sends HTTP", () => {
  const others = product.filter((file) => !OWN.some((room) => file.startsWith(room)));
  expect(others.length).toBeGreaterThan(200);
  expect(others.filter((file) => sendsHttp(textOf(file)))).toEqual([]);
});

test("inside the client one file sends, and one leads through a proxy", () => {
  const client = product.filter((file) => file.startsWith("providers/management/"));
  expect(client.filter((file) => sendsHttp(textOf(file)))).toEqual(["providers/management/proxy.ts"]);
  const naming = client.filter((file) => /\bfetch\b/.test(textOf(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "")));
  expect(naming).toEqual(["providers/management/proxy.ts"]);
});

test("what sends is found", () => {
  expect(sendsHttp("const answer = await fetch(url);")).toBe(true);
  expect(sendsHttp('import { request } from "node:https";')).toBe(true);
  expect(sendsHttp("prefetch(url); api.fetched();")).toBe(false);
});
