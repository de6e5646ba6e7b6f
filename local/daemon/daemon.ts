import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { serve } from "@hono/node-server";
import { createApi } from "../api/app.ts";
import type { ApiContext } from "../api/context.ts";
import { rateLimitFrom } from "../api/rate-limit.ts";
import { recordedProgram } from "../auth/program.ts";
import { createAuthServers } from "../auth/servers.ts";
import { type CloudContext, findProject, NO_PGBOUNCER } from "../context.ts";
import { cacheFolder, cloudLayout } from "../layout.ts";
import { listenShared, type Route, type SharedPooler } from "../pooler/session-pooler.ts";
import { findPgbouncer } from "../pooler/transaction-pooler.ts";
import { resolveBinaries } from "../postgres/binaries.ts";
import { ensureAuthority, ensureServerCertificate } from "../postgres/certificates.ts";
import { resolveLauncher } from "../postgres/launcher.ts";
import { withSession } from "../postgres/session.ts";
import { ensureTemplate } from "../postgres/template.ts";
import { createLifecycle } from "../projects/lifecycle.ts";
import { chooseNetwork, chooseServicePorts } from "../projects/network.ts";
import { createRegister } from "../projects/register.ts";
import { isActive } from "../projects/work.ts";
import { type CloudState, keepState, type ProjectRecord, readState, writeAtomically } from "../state.ts";
import type { DaemonFile } from "./daemon-file.ts";
import { tryLock } from "./lock.ts";
import { identify } from "./process.ts";

/** The process of a local cloud: `node --import tsx local/daemon/daemon.ts <dataDir>`. Started by `startLocalCloud`. */
async function main(dataDir: string): Promise<void> {
  process.umask(0o077);
  const layout = cloudLayout(dataDir);
  await mkdir(layout.root, { recursive: true, mode: 0o700 });
  const lock = await tryLock(layout.lock);
  if (!lock) return log("another daemon runs this cloud");
  const context = await prepare(dataDir);
  const lifecycle = createLifecycle(context);
  const poolers = await listenPoolers(context);
  await lifecycle.resume();
  const register = createRegister(context);
  const api: ApiContext = {
    ...context,
    lifecycle,
    register,
    requests: [],
    askedFaults: [],
    rateLimit: rateLimitFrom(process.env),
    recordFolder: process.env.TAILFIRE_RECORD || undefined,
    adminToken: randomBytes(24).toString("base64url"),
  };
  const server = await listenApi(api);
  await announce(api);
  log(`ready on ${context.state.value.network.api.host}`);
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    log("stopping");
    server.close();
    await rm(layout.daemon, { force: true });
    await Promise.all(poolers.map((pooler) => pooler.close()));
    await lifecycle.stopAll();
    await context.state.save();
    await lock.release();
    log("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
}

async function prepare(dataDir: string): Promise<CloudContext> {
  const layout = cloudLayout(dataDir);
  const cacheDir = cacheFolder();
  const [binaries, launcher] = await Promise.all([resolveBinaries({ cacheDir }), resolveLauncher()]);
  const template = await ensureTemplate({ cacheDir, binaries, launcher, onProgress: log });
  const value: CloudState = (await readState(layout.state)) ?? {
    version: 2,
    network: await chooseNetwork(),
    organizations: [],
    projects: [],
  };
  // Projects of an earlier version had no Auth server.
  for (const { address } of value.projects) {
    if (!address.apiPort) Object.assign(address, await chooseServicePorts(value.network));
  }
  const state = keepState({ file: layout.state, value });
  await state.save();
  const authority = await ensureAuthority({ certificate: layout.caCertificate, key: layout.caKey });
  const pgbouncer = await findPgbouncer();
  const context = { layout, state, binaries, launcher, template, authority, pgbouncer, failedStarts: new Map(), log };
  const auth = createAuthServers(context);
  auth.program = await recordedProgram(value.authProgram, log);
  return { ...context, auth };
}

async function listenPoolers(context: CloudContext): Promise<SharedPooler[]> {
  const { layout, authority } = context;
  const { host, sessionPort, transactionPort } = context.state.value.network.pooler;
  const files = { certificate: layout.poolerCertificate, key: layout.poolerKey };
  await ensureServerCertificate({ authority, ...files, address: host });
  const certificate = { cert: await readFile(files.certificate, "utf8"), key: await readFile(files.key, "utf8") };
  const session = (ref: string) => route(context, ref, { portOf: (record) => record.address.port, sessions: true });
  const transaction = (ref: string) =>
    route(context, ref, {
      portOf: ({ address }) => (context.pgbouncer ? address.pgbouncerPort : NO_PGBOUNCER),
      sessions: false,
    });
  return Promise.all([
    listenShared({ host, port: sessionPort, certificate, route: session }),
    listenShared({ host, port: transactionPort, certificate, route: transaction }),
  ]);
}

/** @param mode.portOf the port on the project's address, or why there is none */
function route(
  context: CloudContext,
  ref: string,
  mode: { portOf: (record: ProjectRecord) => number | string; sessions: boolean },
): Route | undefined {
  const record = findProject(context, ref);
  // Supavisor, too, hears of a project only when it has come up.
  if (!record || record.status === "COMING_UP" || record.status === "INIT_FAILED") return undefined;
  if (!isActive(record)) return { refused: `project ${ref} is ${record.status}` };
  const port = mode.portOf(record);
  if (typeof port === "string") return { refused: port };
  const { sslEnforced, network } = record.settings;
  const source = context.state.value.network.pooler.host;
  return {
    host: record.address.host,
    port,
    source,
    tls: sslEnforced,
    allowed: network.v4,
    poolSize: mode.sessions ? record.settings.pooler.poolSize : undefined,
    mayLogIn: (role) => mayLogIn(record, role),
  };
}

/** What Supavisor asks too; a role past its VALID UNTIL has no password there. */
async function mayLogIn(record: ProjectRecord, role: string): Promise<boolean> {
  const [found] = await withSession({
    address: record.address,
    login: { user: "pgbouncer", password: record.internal.pgbouncer },
    applicationName: "Supavisor (auth_query)",
    work: (sql) => sql`select password is not null as yes from pgbouncer.get_auth(${role})`,
  });
  return found?.yes === true;
}

async function listenApi(api: ApiContext): Promise<{ close(): void }> {
  const { host, port } = api.state.value.network.api;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: createApi(api).fetch, hostname: host, port }, () => {
      resolve({
        close: () => {
          server.close();
          if ("closeAllConnections" in server) server.closeAllConnections();
        },
      });
    });
    server.once("error", reject);
  });
}

async function announce(api: ApiContext): Promise<void> {
  const { host, port } = api.state.value.network.api;
  const identity = identify(process.pid);
  if (!identity) throw new Error(`this process (${process.pid}) cannot be identified`);
  const file: DaemonFile = { ...identity, endpoint: `http://${host}:${port}`, adminToken: api.adminToken };
  await writeAtomically({ file: api.layout.supabaseProfile, text: supabaseProfile(file.endpoint) });
  await writeAtomically({ file: api.layout.daemon, text: JSON.stringify(file) });
}

/** No name is made for a project's database, so the CLI must find none: `.invalid` never resolves, and it turns to the pooler. */
function supabaseProfile(endpoint: string): string {
  const settings = {
    name: "tailfire-local",
    api_url: endpoint,
    dashboard_url: endpoint,
    project_host: "local.invalid",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

const [dataDir] = process.argv.slice(2);
if (!dataDir) throw new Error("the data folder is missing: node --import tsx local/daemon/daemon.ts <dataDir>");
main(dataDir).catch((error: Error) => {
  log(`FATAL ${error.message}`);
  process.exit(1);
});
