import { describe, expect, test } from "vitest";
import { destructiveStatements } from "../review/destructive.ts";
import { touchesCatalog } from "../review/migrations.ts";
import { previewConfig } from "../session/session.ts";
import {
  databaseNameOf,
  numberOf,
  numberOfDatabase,
  numberOfProject,
  projectNameOf,
  settingsStackOf,
} from "../session/stack-names.ts";
import type { PreviewEntry } from "./inventory.ts";
import { reasonToRemove } from "./prune.ts";
import { milliseconds, readStamp } from "./stamp.ts";

describe("names", () => {
  test("lead back to the number, and nobody else's do", () => {
    expect(numberOfProject("tailfire", projectNameOf("tailfire", 12))).toBe(12);
    for (const name of [
      "tailfire-preview",
      "tailfire-preview-pr-",
      "tailfire-preview-pr-012",
      "tailfire-preview-pr-1x",
      "other-preview-pr-1",
      "x-tailfire-preview-pr-1",
    ])
      expect(numberOfProject("tailfire", name), name).toBeUndefined();
    expect([databaseNameOf(7), databaseNameOf(7, 2)].map(numberOfDatabase)).toEqual([7, 7]);
    for (const name of ["pr_template_00ff", "pr_", "pr_1_x", "my_pr_1"])
      expect(numberOfDatabase(name), name).toBeUndefined();
    expect([
      numberOf("preview-pr-3"),
      numberOf("preview"),
      settingsStackOf("preview-pr-3"),
      settingsStackOf("prod"),
    ]).toEqual([3, undefined, "preview", "prod"]);
  });
});

describe("the stamp", () => {
  test("is read from the state, and a half-written one is none", () => {
    expect(readStamp(undefined)).toBeUndefined();
    expect(readStamp({ resources: [{ urn: "u", type: "tailfire:index:PullRequest", outputs: {} }] })).toBeUndefined();
  });
  test("takes durations and nothing else", () => {
    expect([milliseconds("90m"), milliseconds("12h"), milliseconds("7d")]).toEqual([
      5_400_000, 43_200_000, 604_800_000,
    ]);
    for (const text of ["", "7", "d", "-1d", "7w", "1.5h"]) expect(() => milliseconds(text), text).toThrow(RangeError);
  });
});

test("a pull request's stack does not adopt the shared project, whose configuration it starts from", () => {
  const committed = {
    "tailfire:ref": "gaqacfstpnmwphekjzae",
    "tailfire:databasePassword": { secure: "v1:x" },
    "tailfire:protect": true,
    "tailfire:projectName": "shared",
    "tailfire:catalog": "subscribe",
  };
  expect(previewConfig(committed)).toEqual({ "tailfire:catalog": "subscribe" });
});

describe("pruning", () => {
  const now = Date.parse("2026-01-10T00:00:00Z");
  const stamp = {
    number: 4,
    createdAt: "2026-01-09T00:00:00Z",
    expiresAt: "2026-01-20T00:00:00Z",
    isolation: "project",
    catalog: "local",
  } as const;
  const entry: PreviewEntry = { number: 4, stack: true, stamp, projects: [], databases: [], state: "ready" };
  const reason = (part: Partial<PreviewEntry>, open?: number[], graceMs = 60_000) =>
    reasonToRemove({ ...entry, ...part }, { open: open ? new Set(open) : undefined, graceMs }, now);
  test("keeps what is open, and what nobody can say is closed", () => {
    expect([reason({}, [4]), reason({})]).toEqual([undefined, undefined]);
  });
  test("removes the closed, the expired and the orphan", () => {
    expect(reason({}, [5])).toMatch(/not open/);
    expect(reason({ state: "expired" }, [4])).toMatch(/expired/);
    expect(reason({ state: "orphan", stack: false, stamp: undefined })).toMatch(/no stack/);
  });
  test("leaves alone what another machine may be making", () => {
    const projects = [{ ref: "r", name: "n", number: 4, createdAt: "2026-01-09T23:59:30Z" }];
    expect(reason({ state: "orphan", stack: false, stamp: undefined, projects }, [])).toBeUndefined();
  });
});

describe("migrations", () => {
  test.each([
    ["alter table catalog.cruise_lines add column x int", true],
    ['ALTER TABLE "catalog"."cruise_lines" ADD COLUMN "x" int', true],
    ["do $$ begin create table catalog.extra (id int); end $$", true],
    ["-- catalog.cruise_lines is left alone\nalter table public.trips add column x int", false],
    ["create table public.catalog_notes (id int)", false],
    ["select environment.catalog_mode()", false],
  ])("%s touches the catalog: %s", (sql, touches) => expect(touchesCatalog({ sql })).toBe(touches));

  test.each([
    ["drop table public.trips", true],
    ["alter table t drop /* now */ column c", true],
    ["truncate t", true],
    ["alter table t alter column c set data type bigint", true],
    ["update t set a = 1", true],
    ["update t set a = 1 where id = 2", false],
    ["create table t (id int)", false],
    ["-- drop table t\nselect 1", false],
  ])("%s is destructive: %s", (text, destructive) => {
    const statements = [{ text, start: 0, end: text.length }] as unknown as Parameters<
      typeof destructiveStatements
    >[0]["statements"];
    expect(destructiveStatements({ statements }).length > 0).toBe(destructive);
  });
});
