import { describe, expect, test } from "vitest";
import { previewMarker } from "../github/comments.ts";
import { COMMENT_LIMIT, commentText } from "./comment.ts";
import type { CommentContent } from "./comment-content.ts";
import type { UpReport } from "./up.ts";

const commentBody = (content: CommentContent, secrets?: readonly string[]): string =>
  commentText(content, { ...(secrets ? { secrets } : {}) }).body;

const up: UpReport = {
  stamp: {
    number: 12,
    createdAt: "2026-01-01T00:00:00.000Z",
    expiresAt: "2026-01-08T00:00:00.000Z",
    isolation: "project",
    catalog: "snapshot",
  },
  result: { operation: "up", stack: "preview-pr-12", changes: { create: 3 }, changed: true, steps: [], seconds: 3 },
  added: { known: true, migrations: [], onCatalog: ["0042_widen"] },
  replaced: undefined,
  ref: "abcdefghijklmnopqrst",
  apiUrl: "http://127.0.0.1:1",
  database: "postgres",
  migrationsApplied: 11,
  copied: { takenAt: "2026-01-01T10:20:30.000Z", notes: ["cruise_lines.size: only this database has it"] },
  seconds: 12.4,
};

const effect = {
  tag: "0042_widen",
  hash: "00",
  transaction: true,
  locks: [{ table: "public.trips", mode: "AccessExclusiveLock" }],
  destructive: ["drops a column: alter table public.trips drop column note"],
  milliseconds: 4,
};

describe("the comment", () => {
  test("tells what was made, and why the catalog is a copy", () => {
    const body = commentBody({
      number: 12,
      up,
      analysis: { migrations: [effect], difference: ["DROP TABLE a.b;"] },
      lint: [],
    });
    expect(body.startsWith(previewMarker)).toBe(true);
    for (const text of [
      "ready",
      "abcdefghijklmnopqrst",
      "`snapshot`, a copy of Production's rows of 2026-01-01 10:20 UTC: `0042_widen` touches the catalog",
      "Not copied as it is: `cruise_lines.size: only this database has it`",
      "AccessExclusiveLock",
      "**destructive**",
      "DROP TABLE a.b;",
      "Nothing found.",
      "12 s",
      "billed",
    ])
      expect(body).toContain(text);
  });

  test("stays within the limit, keeps head and foot, and says what it left out", () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `ALTER TABLE public.wide ADD COLUMN c${index} text; -- ü`,
    );
    const content: CommentContent = {
      number: 12,
      up,
      commit: "0123456789abcdef",
      analysis: { migrations: [effect], difference: many },
      lint: Array.from({ length: 5000 }, (_, line) => ({ file: "a.sql", line, rule: "r", message: "m".repeat(100) })),
    };
    const body = commentBody(content);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(Buffer.byteLength(body)).toBeGreaterThan(COMMENT_LIMIT / 2);
    expect(body).toMatch(/\.\.\. \d+ more lines/);
    expect(body).toContain("Commit 0123456789ab");
    expect(body.split("````").length % 2).toBe(1);
  });

  test("carries no secret, wherever it came from", () => {
    const failure = [
      "connect postgresql://postgres:hunter2hunter2@db.example:5432/postgres failed",
      "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQ",
      "token sbp_0123456789abcdef and the passphrase correct-horse",
    ].join("\n");
    const body = commentBody({ number: 1, failure }, ["correct-horse"]);
    for (const secret of ["hunter2", "AGE-SECRET", "sbp_0123", "correct-horse"]) expect(body).not.toContain(secret);
    expect(body).toContain("failed");
  });

  test("a preview is ready whether or not its migrations could be described", () => {
    const undescribed = "git does not know origin/main: fetch the base branch (fetch-depth: 0).";
    const body = commentBody({ number: 12, up, undescribed });
    expect(body).toContain("### Preview of pull request 12: ready");
    expect(body).toContain(undescribed);
    expect(commentBody({ number: 12, planOnly: true, undescribed })).toContain("12: failed");
  });

  test("1,200 dropped tables are said first, with their count, and the whole is kept for the summary", () => {
    const drops = Array.from({ length: 1200 }, (_, table) => `drops: drop table public.${"t".repeat(60)}${table}`);
    const harmless = { ...effect, tag: "0041_add", destructive: [] };
    const content: CommentContent = {
      number: 12,
      up,
      analysis: {
        migrations: [harmless, { ...effect, destructive: [...drops, "takes away column public.trips.note"] }],
        difference: drops,
      },
      lint: [],
    };
    const { body, whole } = commentText(content, { rest: "in the summary of the run" });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(body).toContain("**Destructive**: drops (1200), takes away column (1), in `0042_widen`.");
    expect(body.indexOf("`0042_widen`: ")).toBeLessThan(body.indexOf("`0041_add`: "));
    expect(body).toMatch(/\.\.\. \d+ more lines: in the summary of the run/);
    expect(whole).toContain(`${drops.at(-1)}\``);
  });

  test("no part of it escapes the limit", () => {
    const long = (text: string) => Array.from({ length: 5000 }, (_, index) => `${text} ${index}`);
    const notes = long("cruise_lines.size: only this database has it");
    const body = commentBody({
      number: 12,
      up: {
        ...up,
        replaced: "x".repeat(100_000),
        added: { ...up.added, onCatalog: long("tag") },
        copied: { takenAt: "2026-01-01T10:20:30.000Z", notes: [...notes, "n".repeat(200_000)] },
      },
      undescribed: "u".repeat(300_000),
      analysis: {
        migrations: [
          { ...effect, locks: long("public.t").map((table) => ({ table, mode: "AccessExclusiveLock" })) },
          { ...effect, destructive: ["d".repeat(100_000)] },
        ],
        difference: ["x".repeat(100_000)],
      },
    });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(body).toContain("and 4991 more");
  });

  test("a long failure keeps its first lines, its last lines and the next step", () => {
    const failure = [
      "Migration 0042_widen failed",
      ...Array.from({ length: 9000 }, (_, line) => `detail ${line}`),
      "To do: correct the file.",
    ];
    const body = commentBody({ number: 12, failure: failure.join("\n") });
    for (const text of ["0042_widen failed", "detail 8999", "To do: correct the file.", "more lines: in the log"])
      expect(body).toContain(text);
  });

  test("a fence inside the text does not end the block", () => {
    const body = commentBody({ number: 1, failure: "a\n````\n# not a heading" });
    expect(body.match(/^````/gm)).toHaveLength(2);
  });
});
