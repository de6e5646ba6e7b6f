import { afterAll, expect, test } from "vitest";
import { openStack } from "../../engine/stack.ts";
import program from "../../index.ts";
import { startLocalCloud } from "../../local/cloud.ts";
import { organizationOf, organizations } from "../../operations/session/organizations.ts";
import { makePlace, withSql } from "../support/environment.ts";

const MINUTES = 60_000;
const place = makePlace("adopt");
const password = "the-password-it-has-had-for-years";
afterAll(() => place.remove());

test("an existing project is adopted by the ref in the configuration, with what it holds", {
  timeout: 5 * MINUTES,
}, async () => {
  const cloud = await startLocalCloud({ dataDir: place.dataDir, organizations: Object.values(organizations) });
  const { token, slug } = organizationOf(cloud, "dev");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = { name: "tailfire-dev", organization_slug: slug, region: "ca-central-1", db_pass: password };
  const created = await fetch(`${cloud.endpoint}/v1/projects`, { method: "POST", headers, body: JSON.stringify(body) });
  const { ref }: { ref: string } = JSON.parse(await created.text());
  await expect
    .poll(async () => (await fetch(`${cloud.endpoint}/v1/projects/${ref}`, { headers })).json(), { timeout: 30_000 })
    .toMatchObject({ status: "ACTIVE_HEALTHY" });

  const stack = await openStack({
    stack: "dev",
    cloud: "local",
    program,
    dataDir: place.dataDir,
    config: { organizationId: slug, ref },
    secretConfig: { databasePassword: password },
    env: { SUPABASE_API_ENDPOINT: cloud.endpoint, SUPABASE_ACCESS_TOKEN: token },
  });
  const adopted = await stack.up();
  expect(adopted.steps.find((step) => step.type.endsWith(":Project"))?.op).toBe("import");
  expect((await stack.outputs()).ref?.value).toBe(ref);
  const tables = await withSql(stack, (sql) => sql`select 1 from pg_class c where relname = 'agencies'`);
  expect(tables).toHaveLength(1);
  expect((await stack.up({ expectNoChanges: true })).changed).toBe(false);
});

test("every problem of the configuration is named at once, before anything is created", {
  timeout: 2 * MINUTES,
}, async () => {
  const cloud = await startLocalCloud({ dataDir: place.dataDir, organizations: Object.values(organizations) });
  const { token } = organizationOf(cloud, "prod");
  const stack = await openStack({
    stack: "prod",
    cloud: "local",
    program,
    dataDir: place.dataDir,
    config: { organizationId: "", ref: "TOO-SHORT", connection: "smoke-signals", handOffRecipients: "age1nonsense" },
    env: { SUPABASE_API_ENDPOINT: cloud.endpoint, SUPABASE_ACCESS_TOKEN: token },
  });
  const failed = await stack.up().then(
    () => "it went through",
    (error: Error) => error.message,
  );
  for (const key of ["organizationId", "ref:", "connection", "handOffRecipients", "databasePassword"]) {
    expect(failed).toContain(key);
  }
  const answer = await fetch(`${cloud.endpoint}/v1/projects`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toEqual([]);
});
