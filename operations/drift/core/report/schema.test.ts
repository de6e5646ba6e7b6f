import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finding, fleet, looked, report } from "../../../../test/drift/sample.ts";
import { root } from "../../../../test/support/run.ts";
import { jsonSchema, reportSchema } from "./schema.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const published = JSON.parse(readFileSync(join(root, "docs/reference/drift.schema.json"), "utf8"));

// npm run -s drift -- --schema > docs/reference/drift.schema.json && npx biome format --write docs/reference/drift.schema.json
test("docs/reference/drift.schema.json is what the code means", () => {
  expect(published).toEqual(JSON.parse(jsonSchema()));
  expect(published).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    additionalProperties: false,
  });
});

test("what a run makes is as published; anything else is not", () => {
  const document = plain(fleet(2)) as Record<string, unknown>;
  expect(reportSchema.safeParse(document).error).toBeUndefined();
  expect(reportSchema.safeParse({ ...document, more: 1 }).success).toBe(false);
  expect(reportSchema.safeParse({ ...document, failOn: "none" }).success).toBe(false);
  const wrong = finding({ layer: "schema", object: "x", since: "yesterday" });
  expect(reportSchema.safeParse(plain(report([looked("prod", { findings: [wrong] })]))).success).toBe(false);
});
