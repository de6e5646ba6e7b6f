import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { Login } from "../../db/connection.ts";
import { connectForMigrations } from "../../db/migrate/connect.ts";
import { MigrationError } from "../../db/migrate/errors.ts";
import { explained } from "../../db/migrate/failure.ts";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { ask, bodyOf, describe, succeeded } from "../../providers/management/ask.ts";

/** Milliseconds until the local cloud, which may be making its first cluster, is given up. */
const TRY_MS = 300_000;

/** Runs `work` with an empty database of Supabase's shape that is used for nothing else, and removes it. */
export async function withShadow<T>(work: (shadow: Sql) => Promise<T>): Promise<T> {
  const given = process.env.SHADOW_URL;
  if (given) {
    return using(given, async (shadow) => {
      await reached(shadow);
      return work(shadow);
    });
  }
  const dataDir = await mkdtemp(join(tmpdir(), "migrations-shadow-"));
  try {
    const cloud = await startLocalCloud({ dataDir, organizations: ["shadow"] });
    return await using(await createDatabase(cloud), work);
  } finally {
    await resetLocalCloud({ dataDir });
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** That of SHADOW_URL, or why there is no session. */
async function reached(shadow: Sql): Promise<void> {
  try {
    await explained(shadow, () => shadow.unsafe("select 1"));
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const next =
      "It is the database of SHADOW_URL. Leave SHADOW_URL out for one of the local cloud; nothing was changed.";
    throw new MigrationError(error.code, `${error.message} ${next}`, { details: error.details, cause: error });
  }
}

async function using<T>(to: string | Login, work: (shadow: Sql) => Promise<T>): Promise<T> {
  const shadow = connectForMigrations(to, { applicationName: "shadow" });
  try {
    return await work(shadow);
  } finally {
    await shadow.end({ timeout: 1 });
  }
}

type Project = { ref: string; status: string; database: { host: string; port?: number } };

async function createDatabase(cloud: LocalCloud): Promise<Login> {
  const password = randomBytes(24).toString("base64url");
  const [organization] = cloud.organizations;
  const call = async (
    method: "GET" | "POST",
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<Project> => {
    const request = { method, path, body, secrets: [password], timeoutMs: TRY_MS };
    const answer = await ask({ endpoint: cloud.endpoint, token: organization?.token ?? "" }, request);
    if (succeeded(answer)) return bodyOf(answer) as Project;
    const said = `${method} ${path}: ${describe(answer)}`;
    throw new Error(`Making a shadow database failed: ${said}. Look at: npm run local -- status`);
  };
  const body = { name: "shadow", organization_slug: organization?.slug, db_pass: password, region: "ca-central-1" };
  let project = await call("POST", "/v1/projects", body);
  for (const deadline = Date.now() + 60_000; project.status !== "ACTIVE_HEALTHY"; await sleep(50)) {
    if (Date.now() > deadline)
      throw new Error("The shadow database did not become ready within 60 s. Look at: npm run local -- status");
    project = await call("GET", `/v1/projects/${project.ref}`);
  }
  const { host, port = 5432 } = project.database;
  return { host, port, user: "postgres", password, database: "postgres" };
}
