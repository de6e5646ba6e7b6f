import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { makePlace, sqlstateOf, withSql } from "../support/environment.ts";
import { run, runTask } from "../support/run.ts";
import { readWorkflow, stepEnvironment, type Values } from "./workflow.ts";

const MINUTES = 60_000;
const place = makePlace("pr-secrets");
const workflow = readWorkflow("preview");
let cloud: LocalCloud;
let prod: EnvironmentStack;
let ref: string;
let prodPassword: string;
let preview: Record<string, unknown>;

beforeAll(async () => {
  ({ stack: prod, cloud } = await place.open("prod"));
  await prod.up();
  const outputs = await prod.outputs({ showSecrets: true });
  ref = String(outputs.ref?.value);
  prodPassword = String(outputs.databasePassword?.value);
  const made = await runTask("pr", ["up", "5", "--json"], { dataDir: place.dataDir });
  expect(made.code, made.output).toBe(0);
  expect(made.output).not.toContain(prodPassword);
  const { stack } = await place.open("preview-pr-5", async () => ({}));
  const values = await stack.outputs({ showSecrets: true });
  preview = Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
}, 5 * MINUTES);

afterAll(() => place.remove());

/** The whole environment of the step that runs the pull request's code, secrets of environment `preview` put in. */
function jobEnvironment(): Values {
  const job = workflow.jobs.up;
  const step = job?.steps.find(({ run: script }) => script?.includes("npm run pr"));
  if (!job || !step) throw new Error("preview.yml has no step that runs npm run pr");
  const values = {
    "github.event.pull_request.number": "5",
    "github.token": "ghs_job",
    "secrets.PULUMI_BACKEND_URL": `file://${join(place.dataDir, "previews-state")}`,
    "secrets.PULUMI_CONFIG_PASSPHRASE": "the previews' own",
    "secrets.SUPABASE_ACCESS_TOKEN": organizationOf(cloud, "preview").token,
    "secrets.HAND_OFF_IDENTITY": "AGE-SECRET-KEY-1TEST",
  };
  return stepEnvironment({ workflow, job, step, values, runner: {} });
}

describe("with the environment of the job that runs a pull request's code", () => {
  test("it is asked for the environment preview alone", () => {
    const { environment } = workflow.jobs.up ?? {};
    expect(environment).toMatchObject({ name: "preview" });
    const secrets = Object.entries(jobEnvironment()).filter(([name]) => /TOKEN|PASS|BACKEND|IDENTITY/.test(name));
    expect(secrets.map(([name]) => name).sort()).toEqual([
      "GITHUB_TOKEN",
      "HAND_OFF_IDENTITY",
      "PULUMI_BACKEND_URL",
      "PULUMI_CONFIG_PASSPHRASE",
      "SUPABASE_ACCESS_TOKEN",
    ]);
    expect(Object.values(jobEnvironment()).join("\n")).not.toContain(prodPassword);
  });

  test("its token does not reach Production's project", async () => {
    const headers = { authorization: `Bearer ${jobEnvironment().SUPABASE_ACCESS_TOKEN}` };
    for (const path of [`/${ref}`, `/${ref}/api-keys?reveal=true`, `/${ref}/config/database/pooler`]) {
      const answer = await fetch(`${cloud.endpoint}/v1/projects${path}`, { headers });
      expect([403, 404], path).toContain(answer.status);
    }
    const deleted = await fetch(`${cloud.endpoint}/v1/projects/${ref}`, { method: "DELETE", headers });
    expect([403, 404]).toContain(deleted.status);
  });

  test("its passphrase does not open the state of Production, had it that", async () => {
    const env = jobEnvironment();
    const args = ["stack", "output", "--show-secrets", "--stack", "prod", "--cwd", prod.workDir];
    const opened = await run(prod.engine.path, args, {
      PULUMI_BACKEND_URL: `file://${join(place.dataDir, "pulumi/state")}`,
      PULUMI_CONFIG_PASSPHRASE: env.PULUMI_CONFIG_PASSPHRASE ?? "",
      PULUMI_HOME: join(place.dataDir, "pulumi/home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    expect(opened.code).not.toBe(0);
    expect(opened.output).toContain("incorrect passphrase");
    expect(opened.output).not.toContain(prodPassword);
  });
});

describe("from inside a preview", () => {
  const connect = () =>
    postgres({
      host: String(preview.host),
      port: Number(preview.port),
      user: String(preview.user),
      password: String(preview.databasePassword),
      database: String(preview.database),
      ssl: "require",
      max: 1,
      onnotice: () => {},
    });

  test.each(["postgres", "service_role", "authenticated", "anon"])("%s cannot write to Production", async (role) => {
    const count = () =>
      withSql(prod, async (sql) => (await sql`select count(*)::int as rows from catalog.cruise_lines`)[0]?.rows);
    const before = await count();
    const sql = connect();
    try {
      await sql.unsafe(`set role ${role}`);
      for (const statement of [
        "delete from catalog.cruise_lines",
        "update catalog.cruise_lines set name = 'x'",
        "insert into catalog.cruise_lines default values",
        "truncate catalog.cruise_lines",
      ]) {
        expect(await sqlstateOf(sql.unsafe(statement)), statement).not.toBe("ok");
      }
    } finally {
      await sql.end({ timeout: 1 });
    }
    expect(await count()).toBe(before);
  });

  test("the owner of the server makes it writable, and Production still refuses", async () => {
    const sql = connect();
    try {
      await sql`alter server prod_catalog options (set updatable 'true')`;
      const deleted = await sqlstateOf(sql`delete from catalog.cruise_lines`);
      // The reader's sessions start read-only; that is a setting, and what counts is that rights are missing, too.
      expect(["25006", "42501"]).toContain(deleted);
      const [held] = await sql<{ password: string; login: string }[]>`
        select s.decrypted_secret as password, environment.catalog_source() ->> 'user' as login
        from vault.decrypted_secrets s where s.name = 'fdw_password'`;
      const login = { user: held?.login ?? "", password: held?.password ?? "" };
      const direct = (text: string) =>
        withSql(
          prod,
          async (reader) => {
            await reader`set session characteristics as transaction read write`;
            return sqlstateOf(reader.unsafe(text));
          },
          login,
        );
      for (const text of [
        "delete from catalog.cruise_lines",
        "create table catalog.mine (id int)",
        "create table public.mine (id int)",
        "select * from public.trips",
        "select * from vault.decrypted_secrets",
        "set role postgres",
      ])
        expect(await direct(text), text).toBe("42501");
    } finally {
      await sql.end({ timeout: 1 });
    }
  });
});
