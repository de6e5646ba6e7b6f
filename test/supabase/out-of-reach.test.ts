import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as database from "@pulumi/database";
import { NetworkRestrictions, PostgresSettings, Project, SslEnforcement } from "@pulumi/supabase";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "../../engine/stack.ts";
import { Trial } from "./trial.ts";

const providers = join(import.meta.dirname, "../../providers");
const SECRETS = 25;
let trial: Trial;
let folder: string;

beforeAll(async () => {
  trial = await Trial.open();
  folder = await mkdtemp(join(tmpdir(), "out-of-reach-"));
  const plugins = ["supabase", "database"].map((name) => `    - name: ${name}\n      path: ${join(providers, name)}\n`);
  await writeFile(
    join(folder, "Pulumi.yaml"),
    `name: trial\nruntime: nodejs\nplugins:\n  providers:\n${plugins.join("")}`,
  );
});
afterAll(async () => {
  await trial.close();
  await rm(folder, { recursive: true, force: true });
});

const said: string[] = [];

function open(stack: string, program: () => Promise<object>) {
  const env = { SUPABASE_ACCESS_TOKEN: trial.organization(0).token, SUPABASE_API_ENDPOINT: trial.cloud.endpoint };
  const onProgress = (progress: unknown) => void said.push(JSON.stringify(progress));
  return openStack({ stack, cloud: "local", program, projectDir: folder, dataDir: folder, env, onProgress });
}

function declareProject(name: string) {
  const project = new Project("main", trial.inputs(name));
  const { ref: projectRef, host, port, user, databasePassword: password } = project;
  const provider = new database.Provider("main", { projectRef, host, port: port.apply(String), user, password });
  return { projectRef, provider };
}

/** A project whose settings make its server restart, next to things inside its database. */
async function restarting(): Promise<object> {
  const { projectRef, provider } = declareProject("restarting");
  new SslEnforcement("main", { projectRef, enforced: true });
  new PostgresSettings("main", { projectRef, maxConnections: 80 });
  let before: database.VaultSecret[] = [];
  for (let number = 1; number <= SECRETS; number++) {
    const args = { projectRef, name: `secret ${number}`, value: `value ${number}` };
    before = [new database.VaultSecret(`secret-${number}`, args, { provider, dependsOn: before })];
  }
  return { projectRef };
}

test("an up goes on through restarts of its server, as its own settings make them", { timeout: 180_000 }, async () => {
  const stack = await open("restarting", restarting);
  let ended = false;
  const up = stack.up().finally(() => {
    ended = true;
  });
  for (let size = 61; !ended; size++) {
    const [ref] = await trial.refs("restarting");
    const stored = said.some((line) => line.includes("VaultSecret"));
    // The settings of the program set it back; a server that is not there yet cannot be set.
    if (ref && stored) await trial.client.updatePostgresConfig(ref, { max_connections: size }).catch(() => undefined);
    await sleep(300);
  }
  expect(await up).toMatchObject({ changes: { create: SECRETS + 5 } });
  await stack.destroy();
});

/** Who is admitted, and next to it something inside the database. */
async function guarded(): Promise<object> {
  const { projectRef, provider } = declareProject("guarded");
  new NetworkRestrictions("main", { projectRef, restrictions: ["127.0.0.0/8"] });
  new database.VaultSecret("kept", { projectRef, name: "kept", value: "as it was" }, { provider });
  return { projectRef };
}

test("an up that was locked out by another password, or by restrictions, lets itself in again", async () => {
  const stack = await open("guarded", guarded);
  await stack.up();
  const [ref = ""] = await trial.refs("guarded");
  await trial.client.updateDatabasePassword(ref, { password: "Set-in-the-dashboard" });
  expect(await stack.up()).toMatchObject({ changes: { update: 2 } });
  expect(said.join()).toMatch(/Reading Vault secret kept.*28P01.*Taken as it was recorded/s);
  expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });

  await trial.client.updateNetworkRestrictions(ref, { dbAllowedCidrs: ["192.0.2.0/24"] });
  expect(await stack.up()).toMatchObject({ changes: { update: 2 } });
  expect(await stack.up({ expectNoChanges: true })).toMatchObject({ changed: false });
  await stack.destroy();
});
