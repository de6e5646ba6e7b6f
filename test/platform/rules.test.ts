import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestCloud, type TestCloud, type TestProject } from "../support/local-cloud.ts";
import { root } from "../support/run.ts";
import { type Difference, facts, replayRules } from "./rules.ts";

const listed: readonly Difference[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "rules.differences.json"), "utf8"),
);
const MOST = 25;

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await openTestCloud();
  project = await cloud.project({ name: "rules" });
});

afterAll(() => cloud.close());

test("statements of postgres end as on the platform, apart from those on the list", async () => {
  const found = await replayRules(cloud.connect(project, { max: 1 }), facts.rules.list);
  const plain = listed.map(({ statement, there, here }) => ({ statement, there, here }));
  expect(found).toEqual(plain);
  expect(found.length).toBeLessThanOrEqual(MOST);
});

test("a statement that ends otherwise is found", async () => {
  const rule = { area: "none", statement: "select 1", outcome: "refused", sqlstate: "42501" } as const;
  const found = await replayRules(cloud.connect(project, { max: 1 }), [rule]);
  expect(found).toEqual([{ statement: "select 1", there: "42501", here: "allowed" }]);
});

test.runIf(hasShared())("the committed facts are those of shared/", () => {
  const shared = readFileSync(join(root, "../shared/data/platform-facts.json"), "utf8");
  expect(readFileSync(join(root, "facts/platform-facts.json"), "utf8")).toBe(shared);
});

function hasShared(): boolean {
  try {
    readFileSync(join(root, "../shared/data/platform-facts.json"));
    return true;
  } catch {
    return false;
  }
}
