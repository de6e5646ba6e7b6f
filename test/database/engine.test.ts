import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HandOff, Migrations, Password, Provider, ReaderRole, VaultSecret } from "@pulumi/database";
import { secret } from "@pulumi/pulumi";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeEach, expect } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { openStack } from "../../engine/stack.ts";
import { openHandOff } from "../../environment/open-hand-off.ts";
import { test } from "../support/cloud.ts";
import { type MigrationsFolder, migrationsFolder } from "../support/migrations.ts";
import type { TestCloud, TestDatabase } from "../support/test-cloud.ts";

const plugin = join(import.meta.dirname, "../../providers/database");
const vaultValue = "needle-in-the-vault";
let cloud: TestCloud;
let database: TestDatabase;
let folder: string;
let files: MigrationsFolder;
let identity: string;
const said: string[] = [];

test.beforeAll(async ({ cloud: joined }) => {
  cloud = joined;
  folder = await mkdtemp(join(tmpdir(), "database-engine-"));
  const project = `name: trial\nruntime: nodejs\nplugins:\n  providers:\n    - name: database\n      path: ${plugin}\n`;
  await writeFile(join(folder, "Pulumi.yaml"), project);
  identity = await generateX25519Identity();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await files?.delete();
});
beforeEach(async () => {
  database = await cloud.createDatabase(`engine-${Date.now()}`);
  await files?.delete();
  files = await migrationsFolder();
  await files.add("0000_catalog", "create schema catalog;\ncreate table catalog.thing (id int);");
});

async function open(stack: string): Promise<EnvironmentStack> {
  const { ref: projectRef, host, port, password } = database;
  const recipient = await identityToRecipient(identity);
  const program = async () => {
    const generated = new Password("generated");
    const provider = new Provider("database", { projectRef, host, port: String(port), password });
    const migrations = new Migrations("migrations", { projectRef, folder: files.folder }, { provider });
    const vault = { projectRef, name: "stored", value: vaultValue };
    const stored = new VaultSecret("stored", vault, { provider, dependsOn: migrations });
    const role = new ReaderRole("reader", { projectRef }, { provider, dependsOn: migrations });
    const reader = { host, port, database: "postgres", user: role.user, password: role.password };
    const sealed = new HandOff("hand-off", { path: join(folder, `${stack}.age`), recipients: [recipient], reader });
    return {
      generated: generated.result,
      readerPassword: role.password,
      vaultValue: secret(vaultValue),
      revision: stored.revision,
      path: sealed.path,
    };
  };
  const env = { SUPABASE_API_ENDPOINT: cloud.management.endpoint, SUPABASE_ACCESS_TOKEN: cloud.management.token };
  const onProgress = (progress: unknown) => void said.push(JSON.stringify(progress));
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env, onProgress });
}

test("created, unchanged, drifted, repaired, migrated, destroyed; secrets are ciphertext throughout", async () => {
  const stack = await open("life");
  await stack.up();
  const outputs = await stack.outputs({ showSecrets: true });
  const handed = await openHandOff({ path: String(outputs.path?.value), identity });
  expect(handed).toMatchObject({ user: "fdw_catalog_ro_a", password: outputs.readerPassword?.value });
  expect(await stack.up({ refresh: true, expectNoChanges: true })).toMatchObject({ changed: false });

  await database.sql`select vault.update_secret(id, 'changed outside') from vault.secrets where name = 'stored'`;
  await database.sql`revoke select on catalog.thing from fdw_catalog_ro`;
  const drift = await stack.refresh({ previewOnly: true });
  expect(drift).toMatchObject({ changed: true, changes: { update: 2 } });
  expect(await stack.up({ refresh: true })).toMatchObject({ changes: { update: 2 } });
  const [held] =
    await database.sql`select decrypted_secret as value from vault.decrypted_secrets where name = 'stored'`;
  expect(held).toEqual({ value: vaultValue });

  await files.add("0001_more", "create table catalog.more (id int)");
  said.length = 0;
  expect(await stack.preview()).toMatchObject({ changes: { update: 1 } });
  expect(said.join("\n")).toContain("0001_more");
  await stack.up();
  expect(await stack.up({ refresh: true, expectNoChanges: true })).toMatchObject({ changed: false });

  const secrets = [outputs.generated?.value, outputs.readerPassword?.value, vaultValue, database.password];
  const places = [JSON.stringify(await stack.exportState()), said.join("\n"), await readFile(database.logFile, "utf8")];
  for (const value of secrets) {
    expect(String(value).length).toBeGreaterThan(10);
    for (const place of places) expect(place).not.toContain(String(value));
  }
  await stack.destroy();
  expect(await database.sql`select 1 from vault.secrets`).toEqual([]);
  expect(await database.sql`select 1 from pg_roles where rolname like 'fdw%'`).toEqual([]);
});

test("a stack whose project was deleted outside can be refreshed and destroyed", async () => {
  const stack = await open("gone");
  await stack.up();
  await cloud.deleteProject(database.ref);
  expect(await stack.refresh()).toMatchObject({ changes: { delete: 3 } });
  await stack.destroy();
  expect(await stack.resources()).toEqual([]);
});
