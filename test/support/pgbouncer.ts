import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { asUser, type Cluster, freePort } from "./cluster.ts";

/** PgBouncer in front of a cluster. */
export type PgBouncer = { url(database: string): string; stop(): Promise<void> };

/** Undefined, with the reason printed, where PgBouncer is not installed (`apt-get install pgbouncer`). */
export function findPgBouncer(): string | undefined {
  for (const candidate of ["pgbouncer", "/usr/sbin/pgbouncer"]) {
    try {
      execFileSync(candidate, ["--version"], { stdio: "ignore" });
      return candidate;
    } catch {}
  }
  console.log("skipped: PgBouncer is not installed, so nothing was tried through it");
  return undefined;
}

/** Starts PgBouncer on loopback. `settings` are further lines of its [pgbouncer] section. */
export async function startPgBouncer(options: {
  binary: string;
  cluster: Cluster;
  mode: "session" | "transaction";
  settings?: string[];
}): Promise<PgBouncer> {
  const { cluster, mode } = options;
  const folder = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  const port = await freePort();
  const file = join(folder, "pgbouncer.ini");
  await writeFile(join(folder, "users.txt"), `"postgres" "${cluster.password}"\n`);
  await writeFile(
    file,
    [
      ...[
        "[databases]",
        `* = host=127.0.0.1 port=${cluster.port}`,
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        `listen_port = ${port}`,
      ],
      ...[
        "unix_socket_dir =",
        "auth_type = scram-sha-256",
        `auth_file = ${join(folder, "users.txt")}`,
        `pool_mode = ${mode}`,
      ],
      ...["ignore_startup_parameters = extra_float_digits", ...(options.settings ?? [])],
    ].join("\n"),
  );
  const [command, args] = asUser(options.binary, [file]);
  const server = spawn(command, args, { stdio: "ignore" });
  const url = (database: string): string =>
    `postgres://postgres:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/${database}`;
  await answering(url("postgres"), server);
  return {
    url,
    async stop() {
      const exit = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 2 });
    try {
      await sql`select 1`;
      return;
    } catch (cause) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error("PgBouncer does not answer", { cause });
      await sleep(50);
    } finally {
      await sql.end({ timeout: 0 });
    }
  }
}
