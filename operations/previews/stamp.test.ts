import { describe, expect, test } from "vitest";
import { destructiveStatements } from "../review/destructive.ts";
import { touchesCatalog } from "../review/migrations.ts";
import { previewConfig } from "../session/session.ts";
import {
  branchNameOf,
  databaseNameOf,
  numberOf,
  projectNameOf,
  readBranchName,
  readDatabaseName,
  readProjectName,
  settingsStackOf,
} from "../session/stack-names.ts";
import type { PreviewEntry } from "./inventory.ts";
import { previewMark } from "./mark.ts";
import { reasonToRemove } from "./prune.ts";
import { expiryOf, milliseconds, readStamp } from "./stamp.ts";

describe("names", () => {
  const mark = "12345678";
  test("lead back to the number and the mark, and no other name does", () => {
    expect(readProjectName("tailfire", projectNameOf("tailfire", 12, mark))).toEqual({ number: 12, mark });
    expect(readBranchName(branchNameOf(12, mark))).toEqual({ number: 12, mark });
    expect(readProjectName("tailfire", "tailfire-preview-pr-12")).toEqual({ number: 12 });
    for (const name of [
      "tailfire-preview",
      "tailfire-preview-pr-",
      "tailfire-preview-pr-012",
      "tailfire-preview-pr-1x",
      "tailfire-preview-pr-1-1234567",
      "tailfire-preview-pr-1-1234567g",
      "other-preview-pr-1",
      "x-tailfire-preview-pr-1",
    ])
      expect(readProjectName("tailfire", name), name).toBeUndefined();
    expect([databaseNameOf(7, mark), databaseNameOf(7, mark, 2)].map(readDatabaseName)).toEqual([
      { number: 7, mark },
      { number: 7, mark },
    ]);
    expect(["pr_7", "pr_7_2"].map(readDatabaseName)).toEqual([{ number: 7 }, { number: 7 }]);
    for (const name of ["pr_template_00ff", "pr_", "pr_1_x", "my_pr_1", "pr_1_12345678_x"])
      expect(readDatabaseName(name), name).toBeUndefined();
    expect([
      numberOf("preview-pr-3"),
      numberOf("preview"),
      settingsStackOf("preview-pr-3"),
      settingsStackOf("prod"),
    ]).toEqual([3, undefined, "preview", "prod"]);
  });

  test("stay within what the platform and Postgres take", () => {
    // Pulumi refuses a longer name of a project; the limit of the platform is V1CreateProjectBody.name of its description.
    const { length } = projectNameOf("p".repeat(100), 999_999_999, mark);
    expect(length).toBeLessThanOrEqual(256);
    expect(Buffer.byteLength(databaseNameOf(999_999_999, mark, 9))).toBeLessThanOrEqual(63);
  });
});

describe("the mark", () => {
  const of = (env: NodeJS.ProcessEnv, origin?: string, dataDir = "/a") =>
    previewMark({ cloud: "hosted", dataDir, env, origin });
  test("is the same on a runner and on a laptop, and another for another repository", () => {
    const onRunner = of({ GITHUB_REPOSITORY: "Acme/app", PULUMI_BACKEND_URL: "s3://one" });
    expect(onRunner).toMatch(/^[0-9a-f]{8}$/);
    for (const origin of [
      "git@github.com:acme/app.git",
      "https://github.com/acme/app",
      "https://token@github.com/acme/app.git/",
      "ssh://git@github.com/acme/app.git",
    ])
      expect(of({}, origin), origin).toBe(onRunner);
    expect(of({ GITHUB_REPOSITORY: "acme/other", PULUMI_BACKEND_URL: "s3://one" })).not.toBe(onRunner);
    expect(of({ GITHUB_REPOSITORY: "acme/app", GITHUB_SERVER_URL: "https://git.example" })).not.toBe(onRunner);
  });
  test("stands for the backend where there is no repository, whatever its password", () => {
    const backend = (address: string) => of({ PULUMI_BACKEND_URL: address });
    expect(backend("postgres://u:one@h:1/db?sslmode=require")).toBe(backend("postgres://u:two@h:1/db"));
    expect(backend("s3://one")).not.toBe(backend("s3://two"));
    expect(of({}, undefined, "/a")).not.toBe(of({}, undefined, "/b"));
  });
});

describe("the stamp", () => {
  test("is read from the state, and a half-written one is none", () => {
    expect(readStamp(undefined)).toBeUndefined();
    expect(readStamp({ resources: [{ urn: "u", type: "tailfire:index:PullRequest", outputs: {} }] })).toBeUndefined();
  });
  test("keeps its day when pushed to, and begins again once that is over", () => {
    const before = readStamp({
      resources: [
        {
          urn: "u",
          type: "tailfire:index:PullRequest",
          outputs: { number: 1, createdAt: "2026-01-01T00:00:00.000Z", expiresAt: "2026-01-08T00:00:00.000Z" },
        },
      ],
    });
    const at = (day: string, renewed = false) =>
      expiryOf({ before, renewed, life: 86_400_000, now: new Date(`2026-01-${day}T00:00:00Z`) }).slice(0, 10);
    expect([at("07"), at("07", true), at("09")]).toEqual(["2026-01-08", "2026-01-08", "2026-01-10"]);
    expect(at("05", true)).toBe("2026-01-06");
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
  test("keeps what is open, and what cannot be said to be closed", () => {
    expect([reason({}, [4]), reason({})]).toEqual([undefined, undefined]);
  });
  test("removes the closed, the expired and the orphan", () => {
    expect(reason({}, [5])).toMatch(/not open/);
    expect(reason({ state: "expired" }, [4])).toMatch(/expired/);
    expect(reason({ state: "orphan", stack: false, stamp: undefined })).toMatch(/no stack/);
  });
  test("leaves alone what another machine may be making", () => {
    const projects = [{ ref: "r", name: "n", number: 4, createdAt: "2026-01-09T23:59:30Z", recorded: false }];
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
