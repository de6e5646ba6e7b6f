import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { apply } from "../../db/migrate/apply.ts";
import { migrationsFolder } from "../../engine/paths.ts";
import { startLocalCloud } from "../../local/cloud.ts";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";

import type { DatabaseLogin } from "../../operations/session/login.ts";

const password = "Test-only-password-1";

/** A project with the migrations applied, as the shared preview is, and the platform's superuser there. */
export async function createDatabases(
  dataDir: string,
): Promise<{ login: DatabaseLogin; platform: { user: string; password: string } }> {
  const cloud = await startLocalCloud({ dataDir, organizations: ["previews"] });
  const [organization] = cloud.organizations;
  const headers = { authorization: `Bearer ${organization?.token}`, "content-type": "application/json" };
  const call = async (path: string, body?: object): Promise<Project> => {
    const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    const answer = await fetch(`${cloud.endpoint}/v1/projects${path}`, options);
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<Project>;
  };
  const wanted = { name: "shared", organization_slug: organization?.slug, db_pass: password, region: "ca-central-1" };
  let project = await call("", wanted);
  for (const deadline = Date.now() + 60_000; project.status !== "ACTIVE_HEALTHY"; await sleep(50)) {
    if (Date.now() > deadline) throw new Error("the shared project did not become healthy within 60 s");
    project = await call(`/${project.ref}`);
  }
  const { host, port = 5432 } = project.database;
  const login = { ref: project.ref, host, port, user: "postgres", password, database: "postgres" };
  const sql = postgres({
    ...login,
    username: login.user,
    max: 1,
    fetch_types: false,
    ssl: "require",
    onnotice: () => {},
  });
  await apply(sql, { folder: migrationsFolder, settings: { catalog: "local" } });
  await sql.end();
  const record = (await readState(cloudLayout(dataDir).state))?.projects.find(({ ref }) => ref === project.ref);
  return { login, platform: { user: "supabase_admin", password: record?.internal.admin ?? "" } };
}

interface Project {
  readonly ref: string;
  readonly status: string;
  readonly database: { readonly host: string; readonly port?: number };
}
