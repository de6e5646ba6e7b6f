import { execFile, spawn } from "node:child_process";
import { chmod, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { commandLine, endProcess, identify, type ProcessIdentity } from "../daemon/process.ts";
import type { Binaries } from "./binaries.ts";
import { type ClusterPlace, clusterSettings, hostBasedAuthentication } from "./configuration.ts";
import type { Launcher } from "./launcher.ts";
import type { Template } from "./template.ts";

const run = promisify(execFile);

/** Ending a server: fast (open transactions roll back), immediate (recovery at the next start), then by force. */
const STOP_FAST = [
  { signal: "SIGINT", waitMs: 10_000 },
  { signal: "SIGQUIT", waitMs: 3_000 },
  { signal: "SIGKILL", waitMs: 3_000 },
] as const;
const STOP_NOW = [
  { signal: "SIGQUIT", waitMs: 2_000 },
  { signal: "SIGKILL", waitMs: 3_000 },
] as const;

/** Makes the data folder of a cluster as a copy of the template: blocks shared where the file system can, else copied. */
export async function copyTemplate(options: {
  place: ClusterPlace;
  template: Template;
  launcher: Launcher;
}): Promise<void> {
  const { files } = options.place;
  await mkdir(files.root, { recursive: true, mode: 0o700 });
  await chmod(files.root, 0o700);
  await rm(files.data, { recursive: true, force: true });
  if (process.platform === "darwin") {
    await run("cp", ["-c", "-p", "-R", options.template.data, files.data]).catch(() =>
      run("cp", ["-p", "-R", options.template.data, files.data]),
    );
  } else {
    await run("cp", ["-a", "--reflink=auto", options.template.data, files.data]);
  }
  await options.launcher.own(files.root);
}

/**
 * Starts the server of a data folder and waits until it accepts connections; adopts the one that already runs there.
 * The server outlives this process.
 */
export async function startCluster(options: {
  place: ClusterPlace;
  binaries: Binaries;
  launcher: Launcher;
  timeoutMs?: number;
}): Promise<ProcessIdentity> {
  const { files } = options.place;
  const running = await findPostmaster(files.data);
  if (running) return running;
  await rm(join(files.data, "postmaster.pid"), { force: true });
  await writeFile(join(files.data, "postgresql.conf"), clusterSettings(options.place), { mode: 0o600 });
  await writeFile(join(files.data, "pg_hba.conf"), hostBasedAuthentication(options.place.access), {
    mode: 0o600,
  });
  await options.launcher.own(files.root);
  const command = options.launcher.command(options.binaries.postgres, ["-D", files.data]);
  const log = await open(files.log, "a", 0o600);
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: files.root,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.on("error", () => undefined);
  child.unref();
  await log.close();
  return waitUntilReady({ ...options, exited: () => child.exitCode !== null || child.signalCode !== null });
}

/** Makes a running server read who may connect again; one that does not run reads it at its start. */
export async function reloadCluster(place: ClusterPlace): Promise<void> {
  await writeFile(join(place.files.data, "pg_hba.conf"), hostBasedAuthentication(place.access), { mode: 0o600 });
  const identity = await findPostmaster(place.files.data);
  if (identity) process.kill(identity.pid, "SIGHUP");
}

/** Stops the server of a data folder, if one runs. `now` skips the checkpoint: for a folder about to be removed. */
export async function stopCluster(options: { dataFolder: string; now?: boolean }): Promise<void> {
  const identity = await findPostmaster(options.dataFolder);
  if (!identity) return;
  const ended = await endProcess({ identity, steps: [...(options.now ? STOP_NOW : STOP_FAST)] });
  if (!ended) {
    throw new Error(
      `Postgres (process ${identity.pid}) of ${options.dataFolder} did not end even after SIGKILL; end it by hand`,
    );
  }
}

/** The running postmaster of a data folder. A number in postmaster.pid alone proves nothing: it may have been reused. */
export async function findPostmaster(dataFolder: string): Promise<ProcessIdentity | undefined> {
  const [pid] = await readPostmasterFile(dataFolder);
  const identity = identify(Number(pid));
  if (!identity) return undefined;
  return commandLine(identity.pid).includes(dataFolder) ? identity : undefined;
}

async function waitUntilReady(options: {
  place: ClusterPlace;
  exited: () => boolean;
  timeoutMs?: number;
}): Promise<ProcessIdentity> {
  const { files, host, port } = options.place;
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  while (Date.now() < deadline) {
    const lines = await readPostmasterFile(files.data);
    if (lines[7]?.trim() === "ready") {
      const identity = identify(Number(lines[0]));
      if (identity) return identity;
    }
    if (options.exited()) {
      throw new Error(`Postgres for ${host}:${port} ended while starting: ${await lastProblem(files.log)}`);
    }
    await sleep(10);
  }
  throw new Error(`Postgres for ${host}:${port} was not ready in time; see ${files.log}`);
}

async function readPostmasterFile(dataFolder: string): Promise<string[]> {
  try {
    return (await readFile(join(dataFolder, "postmaster.pid"), "utf8")).split("\n");
  } catch {
    return [];
  }
}

async function lastProblem(log: string): Promise<string> {
  const lines = (await readFile(log, "utf8").catch(() => "")).trim().split("\n");
  return lines.findLast((line) => /(FATAL|PANIC):/.test(line)) ?? `no reason given; see ${log}`;
}
