import { join } from "node:path";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardMigration } from "../../db/generate/catalog-guard.ts";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import { openSession } from "../../operations/session/session.ts";
import { withSql } from "../support/environment.ts";
import { type Finished, run } from "../support/run.ts";
import { TrialCheckout } from "./checkout.ts";

const MINUTES = 60_000;
const tag = "20300101000000_rate_lines";
let checkout: TrialCheckout;

beforeAll(async () => {
  checkout = new TrialCheckout("pr-snapshot");
  expectDone(await task("up", ["prod"]));
  const { dataDir } = checkout;
  const { stack } = await openSession({ stack: "prod", dataDir, program: async () => ({}) });
  await withSql(stack, (sql) => loadSampleCatalog(sql, { sailings: 40 }));
}, 5 * MINUTES);
afterAll(() => checkout?.remove(), 2 * MINUTES);

const task = (name: string, args: readonly string[]): Promise<Finished> =>
  run(process.execPath, [join(checkout.folder, "scripts/setup.mjs"), "--run", name, ...args], {
    TAILFIRE_DATA_DIR: checkout.dataDir,
  });

function expectDone(finished: Finished): void {
  expect(finished.code, finished.output).toBe(0);
}

/** Brings the preview up to date, and answers what it reports and writes into the comment. */
async function up(): Promise<{ report: Record<string, unknown>; comment: string }> {
  const ended = await task("pr", [
    "up",
    "8",
    "--base",
    "main",
    "--json",
    "--comment-file",
    join(checkout.dataDir, "comment"),
  ]);
  expectDone(ended);
  return { report: JSON.parse(ended.stdout), comment: checkout.read("../data/comment") };
}

async function inPreview<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const { dataDir } = checkout;
  const { stack } = await openSession({ stack: "preview-pr-8", dataDir, program: async () => ({}) });
  return withSql(stack, work);
}

test("a pull request that comes to touch the catalog goes on with a copy of Production's rows", {
  timeout: 5 * MINUTES,
}, async () => {
  const before = await up();
  expect(before.report).toMatchObject({ catalog: "foreign" });
  expect(before.comment).toContain("read from Production, through foreign tables");
  await inPreview((sql) => sql`create table public.tried (note text)`);

  checkout.git("switch", "-q", "-c", "rate-lines");
  const guarded = guardMigration('ALTER TABLE "catalog"."cruise_lines" RENAME COLUMN "code" TO "house_code";');
  if (guarded.kind !== "guarded") throw new Error(JSON.stringify(guarded));
  checkout.addMigration(
    tag,
    `${guarded.text}--> statement-breakpoint\ncreate table public.line_ratings (line_id uuid, stars int);`,
  );
  checkout.commit("Rate lines");
  const after = await up();
  expect(after.report).toMatchObject({ catalog: "snapshot", newMigrations: [tag] });
  expect(after.report.replaced).toBeUndefined();
  expect(after.comment).toMatch(
    /\| Catalog \| `snapshot`, a copy of Production's rows of .*`20300101000000_rate_lines` touches/,
  );
  expect(after.comment).toContain("`cruise_lines.house_code: only this database has it, and it gets its default`");
  await inPreview(async (sql) => {
    expect((await sql`select count(*)::int as n from catalog.cruise_sailings`)[0]?.n).toBe(40);
    expect(await sql`select house_code from catalog.cruise_lines`).toHaveLength(12);
    // What was tried in the preview is still there.
    expect(await sql`select from public.tried`).toHaveLength(0);
    expect(await sql`select from pg_foreign_server`).toHaveLength(0);
  });

  expect((await up()).report).toMatchObject({ catalog: "snapshot", changed: false });
});
