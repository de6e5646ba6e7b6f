import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopAuthServer } from "./auth/stop.ts";
import { ask, findDaemon, NotTakenError, requireDaemon } from "./daemon/client.ts";
import type { DaemonFile } from "./daemon/daemon-file.ts";
import { readHolder } from "./daemon/lock.ts";
import { endProcess, isAlive } from "./daemon/process.ts";
import type { CloudStatusReport } from "./daemon/status.ts";
import { cacheFolder, cloudLayout, projectLayout } from "./layout.ts";
import { finishLoad } from "./load.ts";
import { stopTransactionPooler } from "./pooler/transaction-pooler.ts";
import { resolveBinaries } from "./postgres/binaries.ts";
import { stopCluster } from "./postgres/cluster.ts";
import { resolveLauncher } from "./postgres/launcher.ts";
import { ensureTemplate } from "./postgres/template.ts";
import type { Organization } from "./state.ts";

/** A running local cloud, as scripts and tests use it. */
export interface LocalCloud {
  /** Base URL of its Management API, e.g. "http://127.42.7.1:54321". */
  endpoint: string;
  organizations: Organization[];
  /** The data folder it was started with; everything of it lies in `<dataDir>/cloud`. */
  dataDir: string;
  /** Process number of its daemon. */
  pid: number;
  /** Certificate of the authority that signed what its servers show, for `sslrootcert`. */
  caCertificate: string;
  /** Profile for the Supabase CLI: `SUPABASE_PROFILE=<this file>`. */
  supabaseProfile: string;
}

/** Answer of `localCloudStatus`. */
export type LocalCloudStatus =
  | { running: false; dataDir: string }
  | ({ running: true; dataDir: string } & CloudStatusReport);

const START_TIMEOUT_MS = 60_000;
const START_ATTEMPTS = 5;
/** A log longer than this is set aside (one generation) when a daemon starts. */
const LOG_BYTES = 5_000_000;
/** Longer than the daemon gives its clusters to end. */
const STOP_TIMEOUT_MS = 30_000;
/** What of the caller's environment the daemon gets. A token or a PG* variable of the caller is none of its business. */
const PASSED = ["PATH", "HOME", "TMPDIR", "TAILFIRE_PGBOUNCER", "TAILFIRE_RATE_LIMIT", "TAILFIRE_RECORD"];

/**
 * Makes sure a local cloud runs for `dataDir` and has the named organizations, and says how to reach it. Starts a
 * detached daemon if none runs. Safe to call again, and from two processes at once.
 */
export async function startLocalCloud(options: {
  dataDir: string;
  organizations: string[];
  /** What projects are that are made from now on, in words of VARIANT_WORDS; kept until it is said again. */
  variant?: readonly string[];
  /**
   * The Auth server every project has from now on: a program of github.com/supabase/auth, or "none"; kept until it is said
   * again. One that cannot be run is refused, and the former one stays.
   */
  auth?: string;
  onProgress?: (line: string) => void;
}): Promise<LocalCloud> {
  const dataDir = resolve(options.dataDir);
  await finishLoad(dataDir);
  for (let attempt = 1; ; attempt++) {
    const daemon = (await findDaemon(dataDir)) ?? (await startDaemon({ ...options, dataDir }));
    try {
      const body = { names: options.organizations };
      const organizations = await ask<Organization[]>(daemon, "POST", "/organizations", body);
      if (options.variant?.length) await ask(daemon, "POST", "/variant", { words: options.variant });
      if (options.auth) await ask(daemon, "POST", "/auth", { file: authFile(options.auth) });
      const { caCertificate, supabaseProfile } = cloudLayout(dataDir);
      return { endpoint: daemon.endpoint, organizations, dataDir, pid: daemon.pid, caCertificate, supabaseProfile };
    } catch (error) {
      // Somebody may just be stopping the daemon that was found.
      if (attempt === START_ATTEMPTS || error instanceof NotTakenError) throw error;
      await sleep(500);
    }
  }
}

/** Stops the daemon and every cluster of `dataDir`, also those a killed daemon left behind. Data stays. */
export async function stopLocalCloud(options: { dataDir: string }): Promise<{ stopped: boolean }> {
  const dataDir = resolve(options.dataDir);
  const layout = cloudLayout(dataDir);
  const holder = await readHolder(layout.lock);
  const running = holder !== undefined && isAlive(holder);
  if (running) {
    const steps = [
      { signal: "SIGTERM", waitMs: STOP_TIMEOUT_MS } as const,
      { signal: "SIGKILL", waitMs: 2_000 } as const,
    ];
    const ended = await endProcess({ identity: holder, steps });
    if (!ended) throw new Error(`the local cloud (process ${holder.pid}) did not end; end it by hand`);
  }
  for (const ref of await readdir(layout.projects).catch(() => [])) {
    const files = projectLayout(layout, ref);
    await stopAuthServer(files);
    await stopTransactionPooler(files);
    await stopCluster({ dataFolder: files.data });
  }
  await rm(layout.daemon, { force: true });
  return { stopped: running };
}

/** What runs for `dataDir`. Contains no password and no token. */
export async function localCloudStatus(options: { dataDir: string }): Promise<LocalCloudStatus> {
  const dataDir = resolve(options.dataDir);
  const daemon = await findDaemon(dataDir);
  if (!daemon) return { running: false, dataDir };
  return { running: true, dataDir, ...(await ask<CloudStatusReport>(daemon, "GET", "/status")) };
}

/** Sets how many requests a minute each token has from now on, until the daemon stops; 0 for no limit. */
export async function setRateLimit(options: { dataDir: string; perMinute: number }): Promise<void> {
  await ask(await requireDaemon(options), "POST", "/rate-limit", { perMinute: options.perMinute });
}

/** Stops everything of `dataDir` and removes it: projects, organizations, tokens, certificates. */
export async function resetLocalCloud(options: { dataDir: string }): Promise<void> {
  await finishLoad(resolve(options.dataDir));
  await stopLocalCloud(options);
  await rm(cloudLayout(resolve(options.dataDir)).root, { recursive: true, force: true });
}

async function startDaemon(options: { dataDir: string; onProgress?: (line: string) => void }): Promise<DaemonFile> {
  const { dataDir, onProgress } = options;
  const cacheDir = cacheFolder();
  const [binaries, launcher] = await Promise.all([resolveBinaries({ cacheDir }), resolveLauncher()]);
  await ensureTemplate({ cacheDir, binaries, launcher, onProgress });
  onProgress?.("starting the local cloud");
  let child = await spawnDaemon(dataDir);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const daemon = await findDaemon(dataDir);
    if (daemon) return daemon;
    if (child.exitCode !== null && child.exitCode !== 0) throw await startError(dataDir);
    // Ended with 0: another daemon held the lock. It is about to answer, unless it was about to stop.
    if (child.exitCode === 0 && !(await isHeld(dataDir))) child = await spawnDaemon(dataDir);
    await sleep(20);
  }
  throw await startError(dataDir);
}

/** The daemon has a folder of its own. */
function authFile(named: string): string {
  return named === "none" ? named : resolve(named);
}

async function isHeld(dataDir: string): Promise<boolean> {
  const holder = await readHolder(cloudLayout(dataDir).lock);
  return holder !== undefined && isAlive(holder);
}

async function spawnDaemon(dataDir: string): Promise<ChildProcess> {
  const layout = cloudLayout(dataDir);
  await mkdir(layout.root, { recursive: true, mode: 0o700 });
  const { size } = await stat(layout.log).catch(() => ({ size: 0 }));
  if (size > LOG_BYTES) await rename(layout.log, `${layout.log}.1`);
  const log = await open(layout.log, "a", 0o600);
  const bundle = join(import.meta.dirname, "dist/daemon.cjs");
  const tsx = createRequire(import.meta.url).resolve("tsx");
  // The bundle starts in a third of the time.
  const program = existsSync(bundle) ? [bundle] : ["--import", tsx, join(import.meta.dirname, "daemon/daemon.ts")];
  const passed = PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, [...program, dataDir], {
    cwd: layout.root,
    env: { ...Object.fromEntries(passed), TAILFIRE_CACHE_DIR: cacheFolder() },
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.on("error", () => undefined);
  child.unref();
  await log.close();
  return child;
}

async function startError(dataDir: string): Promise<Error> {
  const { log } = cloudLayout(dataDir);
  const lines = (await readFile(log, "utf8").catch(() => "")).trim().split("\n");
  const fatal = lines.findLast((line) => line.includes("FATAL")) ?? lines.at(-1) ?? "";
  return new Error(`the local cloud of ${dataDir} did not start: ${fatal.replace(/^\S+ FATAL /, "")} (log: ${log})`);
}
