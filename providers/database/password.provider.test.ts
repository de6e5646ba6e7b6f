import { expect, test } from "vitest";
import { Driven, type DrivenOf } from "../../test/support/provider-call.ts";
import { parseConfiguration } from "./configuration.ts";
import { password } from "./password.provider.ts";

function driven(): DrivenOf<typeof password> {
  const { config } = parseConfiguration({}, {});
  if (!config) throw new Error("a provider without database must be possible");
  return new Driven(password, config);
}

test("a password stays until its generation rises", async () => {
  const made = driven();
  await made.up({});
  const first = made.state.result;
  expect(first).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(encodeURIComponent(first)).toBe(first);
  await made.refresh();
  expect(await made.up({})).toEqual([]);
  expect(made.state.result).toBe(first);
  expect(await made.up({ generation: 2 })).toEqual(["generation"]);
  expect(made.state.result).not.toBe(first);
  expect(await made.up({ generation: 2, length: 64 })).toEqual(["length"]);
  expect(made.state.result).toMatch(/^[A-Za-z0-9]{64}$/);
  await made.delete();
});

test("short ones are refused, and importing one is", async () => {
  expect(() => driven().checked({ length: 8 })).toThrow(/length/);
  await expect(driven().import("password")).rejects.toThrow(/cannot be imported/);
});
