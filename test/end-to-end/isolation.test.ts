import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { run } from "../support/run.ts";

const place = makePlace("isolation");
const MINUTES = 60_000;
let prod: EnvironmentStack;
let preview: EnvironmentStack;
let cloud: LocalCloud;
let prodPassword: string;
let prodRef: string;

beforeAll(async () => {
  ({ stack: prod, cloud } = await place.open("prod"));
  await prod.up();
  preview = (await place.open("preview")).stack;
  await preview.up();
  const outputs = await prod.outputs({ showSecrets: true });
  prodPassword = String(outputs.databasePassword?.value);
  prodRef = String(outputs.ref?.value);
}, 5 * MINUTES);

afterAll(() => place.remove());

/** What a job that runs Preview holds: its token, its passphrase, the key of the hand-off, its own state. */
function previewJob(): { token: string; passphraseFile: string; identity: string } {
  const files = readdirSync(join(place.dataDir, "pulumi"));
  expect(files).toContain("passphrase.preview");
  return {
    token: organizationOf(cloud, "preview").token,
    passphraseFile: join(place.dataDir, "pulumi/passphrase.preview"),
    identity: readFileSync(join(place.dataDir, "hand-off/identity"), "utf8").trim(),
  };
}

describe("with everything a preview job holds", () => {
  test("Production's project is out of reach of its token", async () => {
    const { token } = previewJob();
    for (const path of ["", "/api-keys?reveal=true", "/config/database/pooler", "/health?services=db"]) {
      const answer = await fetch(`${cloud.endpoint}/v1/projects/${prodRef}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([403, 404]).toContain(answer.status);
      expect(await answer.text()).not.toContain(prodPassword);
    }
    const listed = await fetch(`${cloud.endpoint}/v1/projects`, { headers: { authorization: `Bearer ${token}` } });
    expect(listed.status).toBe(200);
    expect(await listed.text()).not.toContain(prodRef);
    const removed = await fetch(`${cloud.endpoint}/v1/projects/${prodRef}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    expect([403, 404]).toContain(removed.status);
  });

  test("Production's secrets cannot be decrypted with its passphrase", async () => {
    const { passphraseFile } = previewJob();
    const answer = await run(
      prod.engine.path,
      ["stack", "output", "--show-secrets", "--json", "--stack", "prod", "--cwd", prod.workDir],
      {
        PULUMI_BACKEND_URL: `file://${join(place.dataDir, "pulumi/state")}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
        PULUMI_HOME: join(place.dataDir, "pulumi/home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    );
    expect(answer.code).not.toBe(0);
    expect(answer.output).toContain("incorrect passphrase");
    expect(answer.output).not.toContain(prodPassword);
  });

  test("what is stored of either stack holds no secret in clear", async () => {
    const readerPassword = await withSql(preview, async (sql) => {
      const [row] =
        await sql`select decrypted_secret as value from vault.decrypted_secrets where name = 'fdw_password'`;
      return String(row?.value);
    });
    const states = readdirSync(join(place.dataDir, "pulumi"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(states.some((file) => file.endsWith("prod.json"))).toBe(true);
    const secrets = [prodPassword, readerPassword, previewJob().identity, previewJob().token];
    const leaking = states.filter((file) => secrets.some((secret) => readFileSync(file, "utf8").includes(secret)));
    expect(leaking).toEqual([]);
    const handOff = readFileSync(join(place.dataDir, "hand-off/catalog-reader.age"), "utf8");
    expect(handOff).toContain("BEGIN AGE ENCRYPTED FILE");
    expect(secrets.filter((secret) => handOff.includes(secret))).toEqual([]);
  });

  test("Production's database refuses every password it knows for every role but the reader", async () => {
    const password = await withSql(preview, async (sql) => {
      const [row] =
        await sql`select decrypted_secret as value from vault.decrypted_secrets where name = 'fdw_password'`;
      return String(row?.value);
    });
    const own = String((await preview.outputs({ showSecrets: true })).databasePassword?.value);
    for (const user of ["postgres", "supabase_admin", "authenticator", "fdw_catalog_ro", "fdw_catalog_ro_b"]) {
      for (const guess of [password, own]) {
        const work = withSql(prod, (sql) => sql`select 1`, { user, password: guess });
        await expect(work, user).rejects.toMatchObject({ code: expect.stringMatching(/^28/) });
      }
    }
  });
});
