import { expect, test } from "vitest";
import { Reporter } from "./reporter.ts";
import type { FinishedStep, Step } from "./result.ts";

const step: Step = {
  operation: "up",
  op: "update",
  urn: "urn:pulumi:prod::trial::env:index:Environment$supabase:index/project:Project::prod",
  type: "supabase:index/project:Project",
  name: "prod",
  planned: false,
  differences: ["name", "instanceSize"],
};
const finished: FinishedStep = { ...step, seconds: 1.23, failed: false };

function report(...progress: Parameters<Reporter["onProgress"]>[0][]): string[] {
  const lines: string[] = [];
  const reporter = new Reporter({ write: (line) => lines.push(line), colours: false });
  for (const one of progress) reporter.onProgress(one);
  reporter.close();
  return lines;
}

test("a changed resource is one line: what, which, why, how long", () => {
  expect(report({ kind: "start", step }, { kind: "done", step: finished })).toEqual([
    "  ~ Project prod                     updated (name, instanceSize)  1.2 s",
  ]);
});

test("a preview says what would be", () => {
  const planned = { ...finished, op: "create", planned: true };
  expect(report({ kind: "done", step: planned })).toEqual(["  + Project prod                     would be created"]);
});

test("a refresh says what differs and what is gone", () => {
  const seen = { ...finished, operation: "refresh", seconds: 0 } as const;
  expect(
    report({ kind: "done", step: seen }, { kind: "done", step: { ...seen, op: "delete", differences: [] } }),
  ).toEqual([
    "  ~ Project prod                     differs (name, instanceSize)",
    "  - Project prod                     gone",
  ]);
});

test("a failure says so", () => {
  expect(report({ kind: "done", step: { ...finished, failed: true } })[0]).toContain("FAILED");
});

test("what stays the same, and the engine's own resources, are not shown", () => {
  const own = { ...finished, op: "create", type: "pulumi:providers:supabase" };
  expect(report({ kind: "done", step: { ...finished, op: "same" } }, { kind: "done", step: own })).toEqual([]);
});

test("a message is shown once, under its resource", () => {
  const message = { kind: "message", severity: "warning", resource: "Project prod", text: "slow" } as const;
  expect(report(message, message)).toEqual(["    Project prod: slow"]);
});

test("the summary counts resources, and says when there is nothing to do", () => {
  const lines: string[] = [];
  const reporter = new Reporter({ write: (line) => lines.push(line), colours: false });
  const result = { operation: "up", stack: "prod", changes: { update: 1 }, changed: true, seconds: 4 } as const;
  reporter.summary({ ...result, steps: [finished] });
  reporter.summary({ ...result, steps: [], changes: { same: 3 }, changed: false });
  expect(lines).toEqual(["up prod: 1 updated (4.0 s)", "up prod: no changes (4.0 s)"]);
});
