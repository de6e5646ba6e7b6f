import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { resolveEngine } from "../../engine/resolve.ts";
import { root } from "../support/run.ts";

const run = promisify(execFile);
const PACKAGES = ["supabase", "database"] as const;
let engine: string;

beforeAll(async () => {
  engine = (await resolveEngine()).path;
});

describe.each(PACKAGES)("the package %s", (name) => {
  const provider = join(root, "providers", name, `pulumi-resource-${name}`);

  test("its plugin answers its schema to the engine, which finds nothing to say about it", async () => {
    const answered = JSON.parse((await run(engine, ["package", "get-schema", provider])).stdout);
    const committed = JSON.parse(await readFile(join(root, "providers", name, "schema.json"), "utf8"));
    expect(Object.keys(answered.resources).sort()).toEqual(Object.keys(committed.resources).sort());
    // Empty lists and tables are left out by the engine.
    expect(Object.keys(answered.types ?? {}).sort()).toEqual(Object.keys(committed.types).sort());

    const checked = await run(engine, ["schema", "check", join(root, "providers", name, "schema.json")]);
    expect(checked.stdout + checked.stderr).toBe("");
  });
});

test("a schema that does not bind is refused by the engine", async () => {
  const folder = await mkdtemp(join(tmpdir(), "schema-"));
  try {
    const schema = JSON.parse(await readFile(join(root, "providers/supabase/schema.json"), "utf8"));
    // Without it, the bridge's tokens are nested modules.
    schema.meta = {};
    await writeFile(join(folder, "schema.json"), JSON.stringify(schema));
    const refused = run(engine, ["schema", "check", join(folder, "schema.json")]);
    await expect(refused).rejects.toMatchObject({ code: expect.any(Number) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.runIf(process.env.TEST_SDKS)("the SDKs are those the engine's generators make", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sdks-"));
  try {
    await run(process.execPath, [join(root, "scripts/sdks.mjs"), "--check", folder]);
    for (const name of PACKAGES) {
      const [made, held] = await Promise.all([folder, root].map((from) => textsOf(join(from, "sdks", name))));
      expect(made).toEqual(held);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function textsOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("bin"),
  );
  return Object.fromEntries(
    await Promise.all(names.sort().map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}
