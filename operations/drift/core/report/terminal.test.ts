import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { finding, fleet, looked, report } from "../../../../test/drift/sample.ts";
import { hasColour } from "../../output.ts";
import { terminalReport } from "./terminal.ts";

const wide = finding({
  layer: "schema",
  object: `index public.${"索引".repeat(30)}`,
  found: `there 👩‍👩‍👧 ${"word ".repeat(40)}${"x".repeat(200)}`,
  repair: { how: "sql", advice: "Run this.", safe: true, sql: [Array(40).fill("select 1").join("\n")] },
});

describe.each([40, 80, 132])("%i columns", (columns) => {
  test.each([false, true])("no line is wider; colour %s", (colour) => {
    const text = terminalReport(report([looked("日本", { findings: [wide] }), ...fleet(2).stacks]), {
      colour,
      columns,
    });
    const widths = text.split("\n").map((line) => stringWidth(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    expect(stripVTControlCharacters(text) === text).toBe(!colour);
  });
});

test("states stand in one column, and long SQL is cut", () => {
  const lines = terminalReport(report([looked("日本", { findings: [wide] }), looked("prod")]), { colour: false }).split(
    "\n",
  );
  const states = lines.filter((line) => /^\S+ +(clean|1 found)/.test(line));
  const at = states.map((line) => stringWidth(line.slice(0, line.search(/clean|1 found/))));
  expect(new Set(at).size).toBe(1);
  expect(lines.filter((line) => line.includes("select 1"))).toHaveLength(8);
  expect(lines.some((line) => line.includes("... 32 more lines"))).toBe(true);
});

test("findings stand below their layer; what could not be read is said", () => {
  const lines = terminalReport(fleet(0), { colour: false }).split("\n");
  const from = lines.findIndex((line) => line.startsWith("preview "));
  expect(lines.slice(from, from + 4)).toEqual([
    "preview       4 found  (1.5 s)",
    "  resources",
    "    high   Project preview",
    "           expected  there",
  ]);
  expect(lines).toContain("  catalog: could not be read: CONNECT_TIMEOUT: write CONNECT_TIMEOUT");
});

test("of many findings the urgent are shown, and the others are counted", () => {
  const findings = Array.from({ length: 10_000 }, (_, at) =>
    finding({ layer: "schema", severity: at % 1000 === 999 ? "high" : "low", object: `index public.i${at}` }),
  );
  const lines = terminalReport(report([looked("prod", { findings })]), { colour: false }).split("\n");
  expect(lines.length).toBeLessThan(300);
  expect(lines.filter((line) => /^ +high /.test(line))).toHaveLength(10);
  expect(lines.some((line) => line.includes("... 9960 low more: --html FILE"))).toBe(true);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: true }, { NO_COLOR: "" }, true],
  [{ isTTY: true }, { TERM: "dumb" }, false],
])("%j with %j has colour: %s", (stream, env, expected) => {
  expect(hasColour(stream, env)).toBe(expected);
});
