import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSession } from "../../operations/session/session.ts";
import { withSql } from "../support/environment.ts";

/** What previews may leave behind in a database they only pass through, or live next to. */
export interface Footprint {
  readonly roles: readonly string[];
  readonly databases: readonly string[];
  readonly mappings: readonly string[];
  readonly servers: readonly string[];
  readonly vault: readonly string[];
}

/** Reads the footprint of one environment. Databases of previews and their template are told apart by their names. */
export async function footprintOf(dataDir: string, stackName: string): Promise<Footprint> {
  const { stack } = await openSession({ stack: stackName, dataDir, program: async () => ({}) });
  return withSql(stack, async (sql) => {
    const names = async (query: string): Promise<string[]> =>
      (await sql.unsafe<{ name: string }[]>(query)).map(({ name }) => name);
    return {
      // Login roles of the platform come and go by themselves.
      roles: await names("select rolname as name from pg_roles where rolname !~ '^cli_login_' order by 1"),
      databases: await names("select datname as name from pg_database order by 1"),
      mappings: await names("select srvname || '/' || usename as name from pg_user_mappings order by 1"),
      servers: await names("select srvname as name from pg_foreign_server order by 1"),
      vault: await names("select coalesce(name, id::text) as name from vault.secrets order by 1"),
    };
  });
}

/** Refs of the projects and branches whose cluster runs, by the command lines of this machine. */
export function runningClusters(dataDir: string): string[] {
  const start = `-D ${join(dataDir, "cloud/projects/")}`;
  const refs = pidsNow().flatMap((pid) => {
    const command = read(pid, "cmdline");
    const at = command.indexOf(start);
    return at === -1 ? [] : [command.slice(at + start.length, at + start.length + 20)];
  });
  return [...new Set(refs)].sort();
}

/** Command lines of what works in a data folder, the local cloud and its servers aside. */
export function strayProcesses(dataDir: string): string[] {
  return pidsNow()
    .filter((pid) => read(pid, "environ").includes(dataDir))
    .map((pid) => read(pid, "cmdline"))
    .filter((command) => command !== "" && !/local\/daemon|postgres|pgbouncer/.test(command));
}

/** Refs of the projects and branches that have a folder. */
export const projectFolders = (dataDir: string): string[] => readdirSync(join(dataDir, "cloud/projects")).sort();

const pidsNow = (): string[] => readdirSync("/proc").filter((pid) => /^\d+$/.test(pid));

/** A file of a process; empty for one that ended during the look. */
function read(pid: string, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
