import { describe, expect, test } from "vitest";
import type { DriftRequest } from "../operations/drift/request.ts";
import { callCommand } from "../test/support/command.ts";

describe("the command line of drift", () => {
  test.each([
    [[], /Name the stacks to look at, or --all/],
    [["prod", "--all"], /or --all/],
    [["prod", "--only", "nosuch"], /--only takes resources.*not "nosuch"/],
    [["prod", "--fail-on", "none"], /--fail-on takes low, medium, high/],
    [["prod", "--cloud", "moon"], /local or hosted/],
    [["prod", "--concurrency", "0"], /--concurrency takes a whole number/],
    [["prod", "--json", "--html", "-"], /Only one of/],
    [["prod", "--frobnicate"], /Unknown option/],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await callCommand("drift", args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("several layers, several stacks, each once and in order", async () => {
    const { exported } = await callCommand("drift", ["--help"]);
    const read = exported.requestFrom as (values: object, words: readonly string[]) => DriftRequest;
    const values = { only: ["security", "schema"], "fail-on": "low", cloud: "local", concurrency: "2", all: false };
    const request = read(values, ["b", "a", "b"]);
    expect(request).toMatchObject({
      stacks: ["b", "a"],
      layers: ["schema", "security"],
      failOn: "low",
      cloud: "local",
    });
  });

  test("--schema needs no stack", async () => {
    const { code, stdout } = await callCommand("drift", ["--schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: "Report of npm run drift" });
  });
});
