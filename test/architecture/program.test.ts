import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/run.ts";

test("index.ts exports its default and nothing else, in at most 60 lines", async () => {
  // The SDK's cmd/run takes every export for an output, and refuses a module that has both.
  expect(Object.keys(await import("../../index.ts"))).toEqual(["default"]);
  expect(readFileSync(join(root, "index.ts"), "utf8").split("\n").length).toBeLessThanOrEqual(60);
});
