import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudContext } from "./context.ts";
import { findProject } from "./context.ts";
import type { ProjectStatus } from "./contract.ts";
import { type Faults, faultsOf } from "./faults.ts";
import { projectLayout } from "./layout.ts";
import { startTransactionPooler, stopTransactionPooler } from "./pooler/transaction-pooler.ts";
import { ensureServerCertificate } from "./postgres/certificates.ts";
import { type ClusterPlace, copyTemplate, findPostmaster, startCluster, stopCluster } from "./postgres/cluster.ts";
import { setFirstPasswords } from "./postgres/passwords.ts";
import type { ProjectRecord } from "./state.ts";

/** Copies of a template at once; more only makes each of them later. */
const BUILDS_AT_ONCE = 3;
const SUPERVISION_MS = 1_000;

/** Brings projects up, keeps them up, takes them down. */
export interface Lifecycle {
  /** Starts to build a recorded project and returns at once. */
  create(record: ProjectRecord): void;
  /** Marks a project as going down, and returns while its cluster is still being removed. */
  remove(record: ProjectRecord): Promise<void>;
  /** Stops the cluster of a project and keeps its data. */
  pause(record: ProjectRecord): Promise<void>;
  /** Starts the cluster of a paused project. */
  restore(record: ProjectRecord): Promise<void>;
  /** After a start of the daemon: adopts what runs, starts what should, finishes what was under way. */
  resume(): Promise<void>;
  /** Stops supervision and every cluster; projects stay recorded as they were. */
  stopAll(): Promise<void>;
}

/** One per daemon. Work on one project is done in the order it was asked for. */
export function createLifecycle(context: CloudContext): Lifecycle {
  const queues = new Map<string, Promise<void>>();
  let building = 0;
  let stopping = false;
  const enqueue = (record: ProjectRecord, work: () => Promise<void>): Promise<void> => {
    const before = queues.get(record.ref) ?? Promise.resolve();
    const mine = before.then(work).catch(async (error: Error) => {
      context.log(`${record.ref}: ${error.message}`);
      if (record.status === "COMING_UP") await setStatus(context, record, "INIT_FAILED", error.message);
      else if (record.status !== "GOING_DOWN") record.problem = error.message;
    });
    queues.set(record.ref, mine);
    void mine.then(() => queues.get(record.ref) === mine && queues.delete(record.ref));
    return mine;
  };
  const build = async (record: ProjectRecord) => {
    while (building >= BUILDS_AT_ONCE) await sleep(20);
    building++;
    try {
      if (!stopping) await buildProject(context, record);
    } finally {
      building--;
    }
  };
  const supervisor = setInterval(() => {
    for (const record of context.state.value.projects) {
      if (!stopping && isActive(record) && !queues.has(record.ref)) void enqueue(record, () => revive(context, record));
    }
  }, SUPERVISION_MS);
  return {
    create: (record) => void enqueue(record, () => bringUp({ context, record, build, stopped: () => stopping })),
    remove: async (record) => {
      await setStatus(context, record, "GOING_DOWN");
      void enqueue(record, () => removeProject(context, record));
    },
    pause: async (record) => {
      await setStatus(context, record, "PAUSING");
      void enqueue(record, async () => {
        await stopProject(context, record);
        await setStatus(context, record, "INACTIVE");
      });
    },
    restore: async (record) => {
      await setStatus(context, record, "RESTORING");
      void enqueue(record, async () => {
        await startProject(context, record);
        await setStatus(context, record, "ACTIVE_HEALTHY");
      });
    },
    resume: async () => {
      await Promise.all(context.state.value.projects.map((record) => enqueue(record, () => resumeProject(record))));
    },
    stopAll: async () => {
      stopping = true;
      clearInterval(supervisor);
      await Promise.all([...queues.values()]);
      await Promise.all(context.state.value.projects.map((record) => stopProject(context, record)));
    },
  };

  async function resumeProject(record: ProjectRecord): Promise<void> {
    if (record.status === "GOING_DOWN") return removeProject(context, record);
    if (record.status === "PAUSING") await setStatus(context, record, "INACTIVE");
    // Later, in its own turn: a daemon that starts does not wait for a slow creation.
    if (record.status === "COMING_UP") setImmediate(() => lifecycleCreate(record));
    if (isActive(record)) await startProject(context, record);
    if (record.status === "RESTORING") {
      await startProject(context, record);
      await setStatus(context, record, "ACTIVE_HEALTHY");
    }
  }

  function lifecycleCreate(record: ProjectRecord): void {
    void enqueue(record, () => bringUp({ context, record, build, stopped: () => stopping }));
  }
}

/** Whether a project should have a running database. */
export function isActive(record: ProjectRecord): boolean {
  return record.status === "ACTIVE_HEALTHY" || record.status === "ACTIVE_UNHEALTHY";
}

/** Where the cluster of a project lies and listens. */
export function placeOf(context: CloudContext, record: ProjectRecord): ClusterPlace {
  return { files: projectLayout(context.layout, record.ref), host: record.address.host, port: record.address.port };
}

async function bringUp(options: {
  context: CloudContext;
  record: ProjectRecord;
  build: (record: ProjectRecord) => Promise<void>;
  stopped: () => boolean;
}): Promise<void> {
  const { context, record, build } = options;
  const faults: Faults = faultsOf(record.name);
  const wanted = () => record.status !== "GOING_DOWN" && !options.stopped();
  const pause = async (seconds: number) => {
    for (const end = Date.now() + seconds * 1000; wanted() && Date.now() < end; ) await sleep(20);
  };
  await pause(faults.slowCreateSeconds);
  if (!wanted() || faults.stuckComingUp) return;
  if (faults.initFailed) throw new Error("the project could not be set up (asked for by its name)");
  if (faults.readyBeforeUsableSeconds > 0) {
    await setStatus(context, record, "ACTIVE_HEALTHY");
    await pause(faults.readyBeforeUsableSeconds);
  }
  if (!wanted()) return;
  await build(record);
  if (wanted()) await setStatus(context, record, "ACTIVE_HEALTHY");
}

/** From nothing, also after a first try that broke off: a half-made folder is thrown away. */
async function buildProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  const began = performance.now();
  const files = projectLayout(context.layout, record.ref);
  await stopCluster({ dataFolder: files.data, now: true });
  await rm(files.root, { recursive: true, force: true });
  await mkdir(files.root, { recursive: true, mode: 0o700 });
  await writeFile(files.vaultKey, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  await copyTemplate({ place: placeOf(context, record), template: context.template, launcher: context.launcher });
  await startProject(context, record, () => setFirstPasswords(record, context.template));
  context.log(`${record.ref}: built in ${Math.round(performance.now() - began)} ms`);
}

async function startProject(context: CloudContext, record: ProjectRecord, first?: () => Promise<void>): Promise<void> {
  const place = placeOf(context, record);
  const { authority, binaries, launcher } = context;
  const { certificate, key } = place.files;
  await ensureServerCertificate({ authority, certificate, key, address: place.host });
  await startCluster({ place, binaries, launcher });
  await first?.();
  await startTransactionPooler(context, record);
  record.problem = "";
}

async function stopProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  await stopTransactionPooler(context, record);
  await stopCluster({ dataFolder: projectLayout(context.layout, record.ref).data });
}

/** A server that ended by itself is started again, as the platform does. */
async function revive(context: CloudContext, record: ProjectRecord): Promise<void> {
  if (!isActive(record)) return;
  const files = projectLayout(context.layout, record.ref);
  if (await findPostmaster(files.data)) return;
  context.log(`${record.ref}: its Postgres ended; starting it again`);
  await setStatus(context, record, "ACTIVE_UNHEALTHY", "its Postgres ended");
  await startProject(context, record);
  if (isActive(record)) await setStatus(context, record, "ACTIVE_HEALTHY");
}

async function removeProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  await stopTransactionPooler(context, record);
  await stopCluster({ dataFolder: files.data, now: true });
  await rm(files.root, { recursive: true, force: true });
  const { projects } = context.state.value;
  if (findProject(context, record.ref)) projects.splice(projects.indexOf(record), 1);
  await context.state.save();
  context.log(`${record.ref}: removed`);
}

async function setStatus(
  context: CloudContext,
  record: ProjectRecord,
  status: ProjectStatus,
  problem = "",
): Promise<void> {
  record.status = status;
  record.problem = problem;
  await context.state.save();
}
