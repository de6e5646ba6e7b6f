import { expect, test } from "vitest";
import { finding, fleet, looked, report } from "../../../../test/drift/sample.ts";
import { BODY_LIMIT, code, markdownReport, prose } from "./markdown.ts";

const hostile = "x` | @octocat #12 <img src=x> [a](http://b) **c** --> \n```\n### no";

test("what a database says is text: no markup, mention, reference or cell", () => {
  const text = markdownReport(
    report([
      looked(hostile, { notes: [hostile], findings: [finding({ layer: "schema", object: hostile, found: hostile })] }),
    ]),
  );
  const outside = text.replaceAll(/^\s*(`{3,})[\s\S]*?^\s*\1$/gm, "").replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
  expect(outside).not.toMatch(/@octocat|#12|<img|\]\(http|\*\*c/);
  const [, , , , row = ""] = text.split("\n");
  expect(row.replaceAll("\\|", "").split("|")).toHaveLength(6);
  expect(text).not.toMatch(/^### no/m);
});

test.each(["plain", "a`b", "``", "`", "x``y`z", "", "  "])("a code span holds %j", (text) => {
  const span = code(text);
  const [, fence = "", inner = ""] = /^(`+)([\s\S]*?[^`])\1$/.exec(span) ?? [];
  expect(fence).not.toBe("");
  expect(inner).not.toContain(fence);
  expect(inner.trim()).toBe(text.trim());
});

test("prose escapes what would be markup", () => {
  expect(prose("a_b*c @d #e <f>")).toBe("a\\_b\\*c &#64;d &#35;e &lt;f&gt;");
});

test.each([
  [1, 20],
  [400, 400],
  [2000, 4000],
])("%i stacks and %i findings fit into the body of an issue, the urgent first", (stacks, findings) => {
  const sql = ["create index é on public.trips (id);".repeat(20)];
  const found = Array.from({ length: findings }, (_, at) =>
    finding({
      layer: "schema",
      object: `index public.${"é".repeat(20)}_${at}`,
      severity: at === findings - 1 ? "high" : "low",
      repair: { how: "sql", advice: "Run this.", safe: true, sql },
    }),
  );
  const all = Array.from({ length: stacks }, (_, at) =>
    looked(`preview-pr-${at}`, { findings: at === 0 ? found : [] }),
  );
  const text = markdownReport(report(all, { notes: ["accept list: x expired"] }));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BODY_LIMIT);
  expect(text).toContain("accept list: x expired");
  if (stacks === 1) expect(text).toContain(`_${findings - 1}`);
  if (stacks === 1) expect(text).toContain("create index");
  if (stacks > 1) expect(text).toMatch(/left out here|preview-pr-399/);
});

test("a small report says everything", () => {
  const text = markdownReport(fleet(1));
  for (const said of [
    "### 1 drifted, 1 could not be read, 1 busy, 3 clean",
    "- **low** `schema:index public.trips_by_hand`",
    "since 2030-01-01 00:00 UTC",
    'DROP INDEX "public"."trips_by_hand";',
    "**catalog** could not be read: `CONNECT_TIMEOUT: write CONNECT_TIMEOUT`",
    "- an operation is under way (process 123)",
    "accepted until 2030-02-01",
    "1.5 s a stack",
  ])
    expect(text).toContain(said);
  expect(text).not.toMatch(/\n{3}/);
});
