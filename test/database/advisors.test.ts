import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect } from "vitest";
import { test } from "../support/cloud.ts";
import type { TestDatabase } from "../support/test-cloud.ts";
import { createReader, migrateWithDrizzle, sourceOf, subscribe } from "./migrated.ts";

let prod: TestDatabase;
let preview: TestDatabase;
let home: string;

test.beforeAll(async ({ cloud }) => {
  home = await mkdtemp(join(tmpdir(), "tailfire-advisors-"));
  [prod, preview] = await Promise.all([cloud.createDatabase("prod"), cloud.createDatabase("preview")]);
  await migrateWithDrizzle(prod);
  await createReader(prod.sql);
  await subscribe(preview.sql, sourceOf(prod));
  await migrateWithDrizzle(preview);
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

/** What the Supabase CLI's advisors say at WARN and above. */
async function advise({ url }: TestDatabase): Promise<string> {
  const program = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "supabase");
  const { stdout, stderr } = await promisify(execFile)(
    program,
    ["db", "advisors", `--remote=${url}`, "--level", "warn", "--agent", "no"],
    {
      env: { PATH: process.env.PATH ?? "", HOME: home, DO_NOT_TRACK: "1", SUPABASE_TELEMETRY_DISABLED: "1" },
      cwd: home,
    },
  );
  return stdout + stderr;
}

test("the advisors find nothing, in both modes of the catalog", async () => {
  expect(await advise(prod)).toContain("No issues found");
  expect(await advise(preview)).toContain("No issues found");
});

test("the advisors do look: a table without row-level security is found", async () => {
  await prod.sql`create table public.careless (id uuid primary key)`;
  await prod.sql`grant select on public.careless to anon`;
  expect(await advise(prod)).toMatch(/careless/);
});
