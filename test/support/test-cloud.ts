import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { type LocalCloud, resetLocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { cloudLayout, projectLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";

/** A database of a project of the local cloud, as a test uses it. */
export interface TestDatabase {
  readonly ref: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** As `postgres`, directly. */
  readonly url: string;
  /** The server's log. */
  readonly logFile: string;
  /** One connection as `postgres`, closed with the cloud. */
  readonly sql: Sql;
  /** Opens a further connection, closed with the cloud. */
  connect(options?: {
    host?: string;
    port?: number;
    database?: string;
    user?: string;
    password?: string;
    max?: number;
    ssl?: "require";
    onnotice?: (notice: postgres.Notice) => void;
  }): Sql;
  /** Opens a connection as the platform's superuser, which can become any role. */
  connectAsPlatform(options?: { database?: string }): Promise<Sql>;
}

/** An organization of its own in the local cloud of the run, for one test file. */
export interface TestCloud {
  /** How its Management API is asked. */
  readonly management: { endpoint: string; token: string };
  createDatabase(name: string): Promise<TestDatabase>;
  /** Deletes a project with its database, and waits until it is gone. */
  deleteProject(ref: string): Promise<void>;
  /** Stops the cluster of a project, as a host that goes down; its sessions end. */
  stopProject(ref: string): Promise<void>;
  /** Starts it again, with its data. */
  startProject(ref: string): Promise<void>;
  /** Closes the connections and removes the databases. */
  remove(): Promise<void>;
}

interface ProjectBody {
  ref: string;
  status: string;
  database: { host: string; port?: number };
}

const password = "Test-only-password-1";

async function call(cloud: LocalCloud, method: string, path: string, body?: object): Promise<ProjectBody> {
  const response = await fetch(`${cloud.endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${cloud.organizations[0]?.token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return JSON.parse(text || "{}");
}

async function createProject(cloud: LocalCloud, name: string): Promise<ProjectBody> {
  const organization = cloud.organizations[0]?.slug;
  const { ref } = await call(cloud, "POST", "/v1/projects", {
    name,
    organization_slug: organization,
    db_pass: password,
    region: "ca-central-1",
  });
  return untilStatus(cloud, ref, "ACTIVE_HEALTHY");
}

async function untilStatus(cloud: LocalCloud, ref: string, wanted: string): Promise<ProjectBody> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const project = await call(cloud, "GET", `/v1/projects/${ref}`);
    if (project.status === wanted) return project;
  }
  throw new Error(`Project ${ref} did not become ${wanted} within 60 s`);
}

/** Where the local cloud of a run of the tests lies. The first file that needs it starts it. */
const SHARED = "TAILFIRE_TEST_CLOUD";

/** Around a whole run of the tests: one local cloud for every file that needs nothing but databases in it. */
export async function setup(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "shared-cloud-"));
  process.env[SHARED] = dataDir;
  return () => removeCloud(dataDir);
}

async function removeCloud(dataDir: string): Promise<void> {
  await resetLocalCloud({ dataDir });
  await rm(dataDir, { recursive: true, force: true });
}

/** Joins the local cloud of the run; outside of a run, starts one. Tests take it from cloud.ts. */
export async function joinTestCloud(): Promise<TestCloud> {
  const shared = process.env[SHARED];
  const dataDir = shared ?? (await mkdtemp(join(tmpdir(), "tailfire-database-")));
  const cloud = await startLocalCloud({ dataDir, organizations: [`test-${process.pid}-${randomUUID().slice(0, 8)}`] });
  const connections: Sql[] = [];
  const made: string[] = [];
  return {
    management: { endpoint: cloud.endpoint, token: cloud.organizations[0]?.token ?? "" },
    async createDatabase(name) {
      const { ref, database } = await createProject(cloud, name);
      made.push(ref);
      const { host, port = 5432 } = database;
      const connect: TestDatabase["connect"] = (options = {}) => {
        const defaults = { host, port, database: "postgres", user: "postgres", password, onnotice: () => {} };
        const sql = postgres({ max: 1, ...defaults, ...options });
        connections.push(sql);
        return sql;
      };
      const url = `postgres://postgres:${password}@${host}:${port}/postgres`;
      const logFile = projectLayout(cloudLayout(dataDir), ref).log;
      const connectAsPlatform: TestDatabase["connectAsPlatform"] = async (options = {}) => {
        const state = await readState(cloudLayout(dataDir).state);
        const record = state?.projects.find((project) => project.ref === ref);
        return connect({ ...options, user: "supabase_admin", password: record?.internal.admin ?? "" });
      };
      return { ref, host, port, password, url, logFile, sql: connect(), connect, connectAsPlatform };
    },
    async stopProject(ref) {
      await call(cloud, "POST", `/v1/projects/${ref}/pause`);
      await untilStatus(cloud, ref, "INACTIVE");
    },
    async startProject(ref) {
      await call(cloud, "POST", `/v1/projects/${ref}/restore`);
      await untilStatus(cloud, ref, "ACTIVE_HEALTHY");
    },
    async deleteProject(ref) {
      await call(cloud, "DELETE", `/v1/projects/${ref}`);
      const gone = () =>
        call(cloud, "GET", `/v1/projects/${ref}`).then(
          () => false,
          () => true,
        );
      for (const deadline = Date.now() + 20_000; !(await gone()); await sleep(50)) {
        if (Date.now() > deadline) throw new Error(`Project ${ref} was not gone within 20 s`);
      }
    },
    async remove() {
      await Promise.all(connections.map((sql) => sql.end({ timeout: 1 })));
      if (!shared) return removeCloud(dataDir);
      // One that a test deleted is gone already.
      await Promise.all(made.map((ref) => call(cloud, "DELETE", `/v1/projects/${ref}`).catch(() => undefined)));
    },
  };
}
