import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import type { ProjectWithDatabaseBody } from "../../local/contract.ts";
import type { Organization } from "../../local/state.ts";

/** An answer of the Management API. */
export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
}

/** A project made by a test, and its password. */
export interface TestProject {
  ref: string;
  host: string;
  port: number;
  password: string;
  /** From the request until a query was answered. */
  milliseconds: number;
}

/** A local cloud in a temporary folder, for one test file. */
export interface TestCloud {
  cloud: LocalCloud;
  dataDir: string;
  /** The n-th organization it was started with. */
  organization(index: number): Organization;
  request(options: {
    method?: string;
    path: string;
    organization?: number;
    token?: string;
    body?: unknown;
  }): Promise<Reply>;
  /** Creates a project and waits for it. */
  project(options: { name: string; organization?: number; timeoutMs?: number }): Promise<TestProject>;
  /** Waits until GET answers with this status, or with 404 when it is "gone". */
  waitFor(options: { ref: string; status: string; organization?: number; timeoutMs?: number }): Promise<void>;
  /** A connection, closed by `close`. Default user `postgres`, direct, with TLS off. */
  connect(project: TestProject, options?: Partial<postgres.Options<Record<string, never>>>): postgres.Sql;
  /** Closes connections and removes the cloud. */
  close(): Promise<void>;
}

/** Starts a cloud of its own with the organizations "one" and "two". */
export async function openTestCloud(options: { dataDir?: string } = {}): Promise<TestCloud> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "local-cloud-")));
  const cloud = await startLocalCloud({ dataDir, organizations: ["one", "two"] });
  const connections: postgres.Sql[] = [];
  const organization = (index: number) => {
    const found = cloud.organizations[index];
    if (!found) throw new Error(`the test cloud has no organization ${index}`);
    return found;
  };
  const request: TestCloud["request"] = async ({ method = "GET", path, organization: index = 0, token, body }) => {
    const headers = {
      authorization: `Bearer ${token ?? organization(index).token}`,
      "content-type": "application/json",
    };
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${cloud.endpoint}${path}`, { method, headers, body: text });
    const answer = await response.text();
    return { status: response.status, body: answer === "" ? null : JSON.parse(answer) };
  };
  const connect: TestCloud["connect"] = (project, extra = {}) => {
    const { host, port, password } = project;
    const common = { user: "postgres", database: "postgres", max: 1, fetch_types: false, onnotice: () => undefined };
    const sql = postgres({ host, port, password, ...common, ...extra });
    connections.push(sql);
    return sql;
  };
  const close = async () => {
    await Promise.all(connections.map((sql) => sql.end({ timeout: 1 })));
    await resetLocalCloud({ dataDir });
    await rm(dataDir, { recursive: true, force: true });
  };
  const basics = { cloud, dataDir, organization, request, connect, close };
  return {
    ...basics,
    project: (wanted) => createProject({ on: basics, ...wanted }),
    waitFor: (wanted) => waitForStatus({ on: basics, ...wanted }),
  };
}

type Basics = Omit<TestCloud, "project" | "waitFor">;

async function createProject(options: {
  on: Basics;
  name: string;
  organization?: number;
  timeoutMs?: number;
}): Promise<TestProject> {
  const { on, name, organization = 0, timeoutMs } = options;
  const began = performance.now();
  const password = `pass-${name}`;
  const slug = on.organization(organization).slug;
  const body = { name, db_pass: password, organization_slug: slug, region: "ca-central-1" };
  const reply = await on.request({ method: "POST", path: "/v1/projects", organization, body });
  if (reply.status !== 201) throw new Error(`create answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  const { ref } = reply.body;
  await waitForStatus({ on, ref, status: "ACTIVE_HEALTHY", organization, timeoutMs });
  const got = await on.request({ path: `/v1/projects/${ref}`, organization });
  const { database } = got.body as ProjectWithDatabaseBody;
  const made = { ref, host: database.host, port: database.port ?? 5432, password, milliseconds: 0 };
  const sql = on.connect(made);
  await sql`select 1`;
  await sql.end();
  return { ...made, milliseconds: Math.round(performance.now() - began) };
}

async function waitForStatus(options: {
  on: Basics;
  ref: string;
  status: string;
  organization?: number;
  timeoutMs?: number;
}): Promise<void> {
  const { on, ref, status, organization, timeoutMs = 15_000 } = options;
  let seen = "";
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(20)) {
    const reply = await on.request({ path: `/v1/projects/${ref}`, organization });
    seen = reply.status === 404 ? "gone" : String(reply.body.status);
    if (seen === status) return;
  }
  throw new Error(`project ${ref} is ${seen}, not ${status}, after ${timeoutMs} ms`);
}

/** SQLSTATE and message of a query that must fail. */
export async function failure(query: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await query;
  } catch (error) {
    const { code, message } = error as postgres.PostgresError;
    return { code, message };
  }
  throw new Error("the query succeeded, it should have failed");
}
