import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type postgres from "postgres";
import type { ProjectLayout } from "../layout.ts";

const run = promisify(execFile);
/** Folders whose content belongs to the running server. https://www.postgresql.org/docs/17/continuous-archiving.html */
const EMPTIED = ["pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];

/**
 * Copies the data folder of a running cluster, as a base backup does: what changes during the copy is in the write-ahead
 * log, which the copy replays when it starts.
 * @param options.sql one connection, as a superuser, to the cluster that is copied
 */
export async function cloneCluster(options: {
  from: ProjectLayout;
  to: ProjectLayout;
  sql: postgres.Sql;
}): Promise<void> {
  const { from, to, sql } = options;
  await rm(to.data, { recursive: true, force: true });
  await mkdir(to.root, { recursive: true, mode: 0o700 });
  await sql`select pg_backup_start('branch', true)`;
  await copy([from.data, to.data]);
  const [stopped] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
  await copy([`${join(from.data, "pg_wal")}/.`, `${join(to.data, "pg_wal")}/`]);
  await rm(join(to.data, "postmaster.pid"), { force: true });
  for (const folder of EMPTIED) await empty(join(to.data, folder));
  await writeFile(join(to.data, "backup_label"), stopped?.labelfile ?? "", { mode: 0o600 });
}

/** A file that goes away while the folder is read is no failure: the log has what happened to it. */
async function copy(paths: [string, string]): Promise<void> {
  const flags = process.platform === "darwin" ? ["-p", "-R"] : ["-a", "--reflink=auto"];
  try {
    await run("cp", [...flags, ...paths]);
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    const serious = stderr.split("\n").filter((line) => line !== "" && !line.includes("No such file or directory"));
    if (serious.length > 0 || stderr === "") throw error;
  }
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
