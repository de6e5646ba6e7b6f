import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makePlace } from "../support/environment.ts";
import { root, run, runTask } from "../support/run.ts";

const place = makePlace("loopback");
const folder = mkdtempSync(join(tmpdir(), "loopback-"));
afterAll(async () => {
  await place.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody who also works on a hosted project may have in the environment. None of these addresses exists. */
const HOSTED = {
  SUPABASE_ACCESS_TOKEN: "sbp_0000000000000000000000000000000000000000",
  SUPABASE_API_ENDPOINT: "https://api.supabase.invalid",
  PULUMI_BACKEND_URL: "https://backend.pulumi.invalid",
  DATABASE_URL: "postgresql://postgres:secret@db.aaaaaaaaaaaaaaaaaaaa.supabase.invalid:5432/postgres",
};

test("npm start stays on this machine, whatever the environment names", { timeout: 300_000 }, async () => {
  const { code, output } = await runTask("start", [], { dataDir: place.dataDir, env: HOSTED });
  expect(code, output).toBe(0);
  expect(output).toContain("postgresql://postgres:***@127.");
  expect(output).not.toContain(".invalid:");
  expect(output).toMatch(/Ignored, because stack prod is local: .*(SUPABASE|PULUMI|DATABASE)/);
});

test("npm test gives its tests none of it", { timeout: 60_000 }, async () => {
  const probe = join(root, `test/support/probe-${process.pid}.test.ts`);
  writeFileSync(
    probe,
    `import { expect, test } from "vitest";
test("probe", () => { expect(${JSON.stringify(Object.keys(HOSTED))}.filter((name) => name in process.env)).toEqual([]); });`,
  );
  try {
    const { code, output } = await run(
      process.execPath,
      [join(root, "scripts/setup.mjs"), "--run", "test", probe],
      HOSTED,
    );
    expect(code, output).toBe(0);
    expect(output).toContain("1 passed");
  } finally {
    rmSync(probe);
  }
});
