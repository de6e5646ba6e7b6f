import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finding, looked } from "../../../test/drift/sample.ts";
import { root } from "../../../test/support/run.ts";
import { acceptEntry, applyAcceptList, parseAcceptList } from "./accept.ts";
import { LAYERS } from "./finding.ts";

const now = new Date("2030-01-15T12:00:00Z");
const index = finding({ layer: "schema", object: "index public.trips (id) [x]" });
const list = (text: string) => parseAcceptList(text, "drift.accept.yaml");
const apply = (text: string, results = [looked("prod", { findings: [index] })]) =>
  applyAcceptList({ entries: list(text), results, failOn: "low", now });
const entry = (about: { finding: string; expires?: string; stack?: string }) =>
  `accept:\n  - finding: ${JSON.stringify(about.finding)}\n    reason: known\n    expires: ${about.expires ?? "2030-01-15"}\n${about.stack ? `    stack: ${about.stack}\n` : ""}`;

test("what is accepted does not count, through the last day; an id's own characters are no pattern", () => {
  const { results, notes } = apply(entry({ finding: index.id }));
  expect(results[0]).toMatchObject({ status: "clean", findings: [{ accepted: { reason: "known" } }] });
  expect(notes).toEqual([]);
  expect(apply(entry({ finding: "schema:index public.trips (id) x" })).results[0]?.status).toBe("drift");
});

test("a pattern covers many, on the stacks it names", () => {
  const text = entry({ finding: "schema:index *", stack: "preview-pr-*" });
  const { results } = apply(text, [
    looked("prod", { findings: [index] }),
    looked("preview-pr-7", { findings: [index] }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["drift", "clean"]);
});

test("an entry that expired counts no more, and is said", () => {
  const { results, notes } = apply(entry({ finding: index.id, expires: "2030-01-14" }));
  expect(results[0]).toMatchObject({ status: "drift", findings: [{ id: index.id }] });
  expect(notes).toEqual([expect.stringContaining("expired on 2030-01-14")]);
});

test("an id that names nothing is said, but only where it was looked for", () => {
  const text = entry({ finding: "catalog:gone" });
  expect(apply(text).notes).toEqual([expect.stringMatching(/catalog:gone names nothing/)]);
  const unreachable = LAYERS.map(
    (layer) => ({ layer, status: layer === "catalog" ? "unreachable" : "checked", seconds: 1 }) as const,
  );
  expect(apply(text, [looked("prod", { layers: unreachable })]).notes).toEqual([]);
  expect(
    apply(text, [looked("prod", { layers: unreachable.filter(({ layer }) => layer === "schema") })]).notes,
  ).toEqual([]);
  expect(apply(entry({ finding: "catalog:gone", stack: "elsewhere" })).notes).toEqual([]);
});

test("what could not be read stays unreachable, whatever is accepted", () => {
  const layers = [{ layer: "schema", status: "unreachable", seconds: 1, error: "no" }] as const;
  expect(apply(entry({ finding: "*" }), [looked("prod", { layers })]).results[0]?.status).toBe("unreachable");
});

test("a list that is not what it has to be is refused in words", () => {
  expect(list("")).toEqual([]);
  expect(() => list("accept: [")).toThrow(/drift\.accept\.yaml failed: it is not YAML/);
  expect(() => list("accept:\n  - finding: x\n    reason: ''\n    expires: soon\n    until: 1")).toThrow(
    /accept\.0\.reason.*accept\.0\.expires.*finding, reason and expires/s,
  );
});

test("the entry a report offers is one the list takes", () => {
  const offered = acceptEntry(index, "prod", now).replaceAll(/^/gm, "  ");
  expect(list(`accept:\n${offered}`)).toEqual([
    { finding: index.id, stack: "prod", reason: "WHY", expires: "2030-02-14" },
  ]);
});

test("the list of the repository and the example of its page are taken", () => {
  expect(list(readFileSync(join(root, "drift.accept.yaml"), "utf8"))).toBeInstanceOf(Array);
  const [, example = ""] =
    /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, "docs/guides/drift.md"), "utf8")) ?? [];
  expect(list(example)).toMatchObject([{ finding: "schema:index public.trips_by_hand", stack: "prod" }]);
});
