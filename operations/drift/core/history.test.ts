import { expect, test } from "vitest";
import { finding, looked } from "../../../test/drift/sample.ts";
import { historyLines, parseHistory, shortened, withSince } from "./history.ts";
import type { StackResult } from "./result.ts";

const index = finding({ layer: "schema", object: "index a" });
const times = ["2030-01-01", "2030-01-02", "2030-01-03", "2030-01-04"].map((day) => `${day}T00:00:00.000Z`);

/** Since when the index is known after runs with these results, one after the other. */
function sinceAfter(runs: readonly StackResult[]): string | undefined {
  let text = "";
  let last: StackResult | undefined;
  for (const [run, result] of runs.entries()) {
    const at = times[run] ?? "";
    [last] = withSince([result], parseHistory(text), at);
    text += historyLines(last ? [last] : [], at);
  }
  return last?.findings[0]?.since;
}

const drifted = looked("prod", { findings: [index] });
const clean = looked("prod");
const schemaUnreachable = looked("prod", { layers: [{ layer: "schema", status: "unreachable", seconds: 1 }] });

test("since is the first run that found it without a break", () => {
  expect(sinceAfter([drifted])).toBe(times[0]);
  expect(sinceAfter([clean, drifted, drifted, drifted])).toBe(times[1]);
  expect(sinceAfter([drifted, clean, drifted])).toBe(times[2]);
});

test("a run that did not read the layer, or was not let, is no break", () => {
  expect(sinceAfter([drifted, schemaUnreachable, drifted])).toBe(times[0]);
  expect(sinceAfter([drifted, { ...clean, layers: [], status: "busy" }, drifted])).toBe(times[0]);
  expect(sinceAfter([drifted, looked("other"), drifted])).toBe(times[0]);
});

test("a line that was cut off, or comes from elsewhere, is passed over", () => {
  const text = historyLines(withSince([drifted], [], times[0] ?? ""), times[0] ?? "");
  const damaged = `{"at":1}\nnothing\n${text}${text.slice(0, 40)}`;
  expect(parseHistory(damaged)).toHaveLength(1);
});

test("shortened, it keeps the newest of every stack", () => {
  const lines = Array.from({ length: 250 }, (_, run) => historyLines([clean, looked("dev")], `${run}`)).join("");
  const kept = parseHistory(shortened(parseHistory(lines), 1_000_000));
  expect(kept).toHaveLength(200);
  expect(kept.at(0)).toMatchObject({ at: "150", stack: "prod" });
  expect(kept.at(-1)).toMatchObject({ at: "249", stack: "dev" });
});

test("shortened, it is no longer than it may be, and still knows since when", () => {
  const findings = Array.from({ length: 1000 }, (_, index) => finding({ layer: "schema", object: `index i${index}` }));
  const runs = Array.from({ length: 50 }, (_, run) => historyLines([looked("prod", { findings })], `${run}`));
  const catalogOnly = looked("prod", { layers: [{ layer: "catalog", status: "checked", seconds: 1 }] });
  const history = parseHistory(`${runs.join("")}${historyLines([catalogOnly], "50").repeat(3)}`);
  const text = shortened(history, 100_000);
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  expect(withSince([looked("prod", { findings })], parseHistory(text), "51")[0]?.findings[7]?.since).toBe("49");
  expect(parseHistory(shortened(history, 1)).map(({ at }) => at)).toEqual(["49", "50"]);
});

test("a line of a version that said unread is read as unreachable", () => {
  const [line] = parseHistory(historyLines([schemaUnreachable], "t").replace('"unreachable"', '"unread"'));
  expect(line?.status).toBe("unreachable");
});
