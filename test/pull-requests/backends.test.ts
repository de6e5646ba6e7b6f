import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { organizations } from "../../operations/session/organizations.ts";
import { type Finished, run } from "../support/run.ts";
import { TrialCheckout } from "./checkout.ts";
import { type S3Server, startS3 } from "./s3-server.ts";
import { createDatabases } from "./shared-project.ts";

const MINUTES = 60_000;
const checkout = new TrialCheckout("pr-backends");
const { dataDir } = checkout;
const stateDir = mkdtempSync(join(tmpdir(), "pr-state-"));
const passphrase = randomBytes(16).toString("hex");
let backends: Record<string, string>;
let cloud: LocalCloud;
/** The server, or why there is none. */
let s3: S3Server | string;
/** Makes a database next to the one that holds state, and answers with it as a backend. */
let freshDatabase: (name: string) => Promise<string>;

beforeAll(async () => {
  mkdirSync(join(stateDir, "file"));
  s3 = await startS3(join(stateDir, "s3"));
  const { login } = await createDatabases(stateDir);
  const { user, password, host, port } = login;
  backends = {
    file: `file://${join(stateDir, "file")}`,
    ...(typeof s3 === "string" ? {} : { S3: s3.url }),
    Postgres: `postgres://${user}:${password}@${host}:${port}/postgres?sslmode=require`,
  };
  freshDatabase = async (name) => {
    const sql = postgres({ ...login, username: user, ssl: "require", max: 1, fetch_types: false });
    await sql.unsafe(`create database ${name}`).finally(() => sql.end());
    return `postgres://${user}:${password}@${host}:${port}/${name}?sslmode=require`;
  };
  cloud = await startLocalCloud({ dataDir, organizations: Object.values(organizations) });
  const slug = cloud.organizations.find(({ name }) => name === organizations.previews)?.slug ?? "";
  const settings = checkout.read("Pulumi.preview.yaml").replace(organizations.previews, slug);
  checkout.write("Pulumi.preview.yaml", settings.replace("subscribe", "standalone"));
}, 10 * MINUTES);

afterAll(async () => {
  if (typeof s3 === "object") s3.stop();
  await resetLocalCloud({ dataDir: stateDir });
  rmSync(stateDir, { recursive: true, force: true });
  await checkout.remove();
});

const pr = (backend: string, args: readonly string[], words = passphrase): Promise<Finished> =>
  run(...taskOn(backends[backend] ?? "", ["pr", ...args, "--json"], { words }));

function taskOn(
  url: string,
  args: readonly string[],
  { words = passphrase, folder = dataDir } = {},
): [string, string[], Record<string, string>] {
  const token = cloud.organizations.find(({ name }) => name === organizations.previews)?.token ?? "";
  const script = join(checkout.folder, "scripts/setup.mjs");
  const env = {
    TAILFIRE_DATA_DIR: folder,
    PULUMI_BACKEND_URL: url,
    PULUMI_CONFIG_PASSPHRASE: words,
    SUPABASE_ACCESS_TOKEN: token,
    SUPABASE_API_ENDPOINT: cloud.endpoint,
    ...(typeof s3 === "object" ? s3.env : {}),
  };
  return [process.execPath, [script, "--run", ...args, "--cloud", "hosted"], env];
}

interface Listed {
  readonly previews: readonly { readonly number: number; readonly state: string; readonly stack: boolean }[];
}

async function listed(backend: string, number: number): Promise<Listed["previews"]> {
  const { stdout }: Finished = await pr(backend, ["list"]);
  const { previews }: Listed = JSON.parse(stdout);
  return previews.filter((preview) => preview.number === number);
}

// Side by side, each with a pull request of its own: what one backend's stack knows, the others' do not.
describe.concurrent.each([
  { backend: "file", number: 31 },
  { backend: "Postgres", number: 32 },
  { backend: "S3", number: 33 },
])("state in $backend", { timeout: 12 * MINUTES }, ({ backend, number }) => {
  test("a preview is made, found, unchanged by another machine, and removed", async ({ skip }) => {
    if (backends[backend] === undefined) {
      console.log(`backends.test: S3 is skipped: ${String(s3)}`);
      skip(String(s3));
    }
    const up = ["up", String(number)];
    const made = await pr(backend, up);
    expect(made.code, made.output).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ verb: "up", number, changed: true, catalog: "local" });
    // Another machine has the backend and nothing else.
    const settings = join(dataDir, "hosted", `preview-pr-${number}`);
    expect(existsSync(settings)).toBe(true);
    rmSync(settings, { recursive: true });
    const wrong = await pr(backend, up, "another");
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toMatch(/passphrase/);
    const again = await pr(backend, up);
    expect(again.code, again.output).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false, expiresAt: JSON.parse(made.stdout).expiresAt });
    expect(await listed(backend, number)).toMatchObject([{ number, state: "ready", stack: true }]);
    expect(made.output + again.output).not.toContain(passphrase);
    const down = await pr(backend, ["down", String(number)]);
    expect(down.code, down.output).toBe(0);
    expect(await listed(backend, number)).toEqual([]);
    expect(existsSync(settings)).toBe(false);
  });
});

test("two fresh machines at once on a database that is new: one waits for the other, and there is one preview", {
  timeout: 12 * MINUTES,
}, async () => {
  const url = await freshDatabase("state_of_two");
  const folders = [dataDir, join(stateDir, "another")];
  const both = await Promise.all(
    folders.map((folder) => run(...taskOn(url, ["pr", "up", "34", "--json"], { folder }))),
  );
  for (const { code, output } of both) expect(code, output).toBe(0);
  expect(new Set(both.map(({ stdout }) => JSON.parse(stdout).ref)).size).toBe(1);
  const down = await run(...taskOn(url, ["pr", "down", "34"]));
  expect(down.code, down.output).toBe(0);
});
