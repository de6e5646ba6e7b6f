import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CloudContext } from "../context.ts";
import { type ProjectLayout, projectLayout } from "../layout.ts";
import { cloneCluster } from "../postgres/clone.ts";
import { adminLogin, withSession } from "../postgres/session.ts";
import type { ProjectRecord } from "../state.ts";
import { startProject, stopProject } from "./work.ts";

/** The files of a restore point: a data folder, as of a base backup. */
function pointLayout(files: ProjectLayout, name: string): ProjectLayout {
  const root = join(files.root, "restore-points", name);
  return { ...files, root, data: join(root, "data") };
}

/** Takes a base backup of a running project under a name. */
export async function takeRestorePoint(context: CloudContext, record: ProjectRecord, name: string): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  await withSession({
    address: record.address,
    login: adminLogin(record),
    applicationName: "local cloud: restore point",
    work: (sql) => cloneCluster({ from: files, to: pointLayout(files, name), sql }),
  });
}

/**
 * Puts a project's data back to a restore point. Everything written since is gone, passwords of roles included. The
 * point stays.
 */
export async function undoToRestorePoint(context: CloudContext, record: ProjectRecord, name: string): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  const [coming, going] = [`${files.data}.coming`, `${files.data}.going`];
  for (const left of [coming, going]) await rm(left, { recursive: true, force: true });
  await cp(pointLayout(files, name).data, coming, { recursive: true, preserveTimestamps: true });
  await stopProject(context, record);
  if (existsSync(files.data)) await rename(files.data, going);
  await rename(coming, files.data);
  await startProject(context, record);
  await rm(going, { recursive: true, force: true });
}
