import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudContext, findProject } from "../context.ts";
import type { ProjectStatus } from "../contract.ts";
import { projectLayout } from "../layout.ts";
import { startTransactionPooler, stopTransactionPooler } from "../pooler/transaction-pooler.ts";
import { ensureServerCertificate } from "../postgres/certificates.ts";
import { copyTemplate, findPostmaster, reloadCluster, startCluster, stopCluster } from "../postgres/cluster.ts";
import type { ClusterPlace } from "../postgres/configuration.ts";
import { openToItsOwner } from "../postgres/passwords.ts";
import { USUAL_VARIANT, variantSql } from "../postgres/variant.ts";
import type { ProjectRecord } from "../state.ts";
import { cloneParent, finishBranch, isBranch } from "./branch-work.ts";
import { faultsOf } from "./faults.ts";
import type { Slots } from "./slots.ts";

/** What a status becomes when the work that belongs to it fails. */
const FAILED: Partial<Record<ProjectStatus, ProjectStatus>> = {
  COMING_UP: "INIT_FAILED",
  RESTORING: "RESTORE_FAILED",
  PAUSING: "PAUSE_FAILED",
  ACTIVE_HEALTHY: "ACTIVE_UNHEALTHY",
};

/** Whether a project should have a running database. */
export function isActive(record: ProjectRecord): boolean {
  return record.status === "ACTIVE_HEALTHY" || record.status === "ACTIVE_UNHEALTHY";
}

/** Records a status, and why. */
export async function setStatus(options: {
  context: CloudContext;
  record: ProjectRecord;
  status: ProjectStatus;
  problem?: string;
}): Promise<void> {
  options.record.status = options.status;
  options.record.problem = options.problem ?? "";
  await options.context.state.save();
}

/** Records that the work of the present status failed. */
export async function setFailed(context: CloudContext, record: ProjectRecord, error: Error): Promise<void> {
  context.log(`${record.ref}: ${record.status} failed: ${error.message}`);
  const status = FAILED[record.status] ?? record.status;
  await setStatus({ context, record, status, problem: error.message });
}

/** Takes a recorded project to ACTIVE_HEALTHY, through the faults its name asks for. */
export async function bringUp(options: {
  context: CloudContext;
  record: ProjectRecord;
  slots: Slots;
  /** False as soon as the project is deleted or the daemon stops. */
  wanted: () => boolean;
}): Promise<void> {
  const { context, record, wanted } = options;
  const faults = faultsOf(record.name);
  const earlier = context.failedStarts.get(record.name) ?? 0;
  const pause = async (seconds: number) => {
    for (const end = Date.now() + seconds * 1000; wanted() && Date.now() < end; ) await sleep(20);
  };
  await pause(faults.slowCreateSeconds);
  if (!wanted()) return;
  if (earlier < Math.max(faults.stuckComingUp, faults.initFailed)) {
    context.failedStarts.set(record.name, earlier + 1);
    if (faults.stuckComingUp > 0) return;
    throw new Error("the project could not be set up (asked for by its name)");
  }
  if (faults.readyBeforeUsableSeconds > 0) {
    await setStatus({ context, record, status: "ACTIVE_HEALTHY" });
    await pause(faults.readyBeforeUsableSeconds);
  }
  await options.slots.run(async () => {
    if (wanted()) await build(context, record);
  });
  if (!wanted()) return;
  await setStatus({ context, record, status: "ACTIVE_HEALTHY" });
  await finishBranch(context, record);
}

/** From nothing, also after a first try that broke off: a half-made folder is thrown away. */
async function build(context: CloudContext, record: ProjectRecord): Promise<void> {
  const began = performance.now();
  const place = placeOf(context, record);
  await stopCluster({ dataFolder: place.files.data, now: true });
  await rm(place.files.root, { recursive: true, force: true });
  await mkdir(place.files.root, { recursive: true, mode: 0o700 });
  await writeFile(place.files.vaultKey, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  const adminPassword = await fillDataFolder(context, record);
  await startPostgres(context, place);
  // What was copied from a parent is the parent's variant already.
  const copied = isBranch(record) && record.branch.withData;
  await openToItsOwner(record, { adminPassword, sql: copied ? "" : variantSql(place.variant) });
  await startTransactionPooler(context, record);
  await context.auth.start(record);
  record.built = true;
  context.log(`${record.ref}: built in ${Math.round(performance.now() - began)} ms`);
}

/** A copy of the template, or of the parent for a branch with data. Answers with what `supabase_admin` logs in with. */
async function fillDataFolder(context: CloudContext, record: ProjectRecord): Promise<string> {
  const place = placeOf(context, record);
  if (isBranch(record) && record.branch.withData) {
    const password = await cloneParent(context, record);
    await context.launcher.own(place.files.root);
    return password;
  }
  await copyTemplate({ place, template: context.template, launcher: context.launcher });
  return context.template.adminPassword;
}

/** Starts, or adopts, the servers of a project that was built before. */
export async function startProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  await startPostgres(context, placeOf(context, record));
  await startTransactionPooler(context, record);
  await context.auth.start(record);
}

/** Ends the servers of a project; its data stays. */
export async function stopProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  await context.auth.stop(record);
  await stopTransactionPooler(files);
  await stopCluster({ dataFolder: files.data });
}

/** Ends the servers of a project and starts them again, with the settings it has now. */
export async function restartProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  await stopProject(context, record);
  await startProject(context, record);
}

/** Ends a project's PgBouncer and starts it again, with the settings the project has now. */
export async function restartTransactionPooler(context: CloudContext, record: ProjectRecord): Promise<void> {
  await stopTransactionPooler(projectLayout(context.layout, record.ref));
  await startTransactionPooler(context, record);
}

/** Lets in from now on whom the project's settings let in; those who are connected stay. */
export async function applyAccess(context: CloudContext, record: ProjectRecord): Promise<void> {
  await reloadCluster(placeOf(context, record));
}

/** A server that ended by itself is started again, as the platform does. */
export async function revive(context: CloudContext, record: ProjectRecord): Promise<void> {
  if (!isActive(record)) return;
  const files = projectLayout(context.layout, record.ref);
  if (!(await findPostmaster(files.data))) {
    context.log(`${record.ref}: its Postgres ended; starting it again`);
    await setStatus({ context, record, status: "ACTIVE_UNHEALTHY", problem: "its Postgres ended" });
  }
  await startProject(context, record);
  if (record.status === "ACTIVE_UNHEALTHY") await setStatus({ context, record, status: "ACTIVE_HEALTHY" });
}

/** Ends the servers of a project and removes its folder and its record. */
export async function removeProject(context: CloudContext, record: ProjectRecord): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  await context.auth.stop(record);
  await stopTransactionPooler(files);
  await stopCluster({ dataFolder: files.data, now: true });
  await rm(files.root, { recursive: true, force: true });
  const { projects } = context.state.value;
  if (findProject(context, record.ref)) projects.splice(projects.indexOf(record), 1);
  await context.state.save();
  context.log(`${record.ref}: removed`);
}

async function startPostgres(context: CloudContext, place: ClusterPlace): Promise<void> {
  const { authority, binaries, launcher } = context;
  const { certificate, key } = place.files;
  await ensureServerCertificate({ authority, certificate, key, address: place.host });
  await startCluster({ place, binaries, launcher });
}

function placeOf(context: CloudContext, record: ProjectRecord): ClusterPlace {
  const { network, sslEnforced } = record.settings;
  const access = { sslEnforced, allowed: network.v4, pooler: context.state.value.network.pooler.host };
  const variant = record.variant ?? USUAL_VARIANT;
  return { files: projectLayout(context.layout, record.ref), ...record.address, access, variant };
}
